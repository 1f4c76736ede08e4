import { expect, it } from 'vitest';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** A cluster of five nodes of which these vote, with one group. */
function wish(...voters: readonly string[]): SpecWish {
  const nodes = Object.fromEntries(NODES.map((name) => [name, { votes: voters.includes(name) }]));
  return { nodes, groups: { web: { prefer: ['n1'] } } };
}

/** New machines whose file says this; only those that are named are up. */
function begun(file: SpecWish, ...up: readonly string[]): Cluster {
  const cluster = Cluster.begin(file);
  for (const name of NODES) {
    cluster.host(name).reset();
    cluster.host(name).kept.clear();
  }
  cluster.run(10);
  for (const name of up) cluster.start(name);
  cluster.run(1000);
  return cluster;
}

/** Who counts which voters by a line that has begun. */
function founded(cluster: Cluster): string[] {
  return NODES.flatMap((name) => {
    const line = cluster.host(name).mind?.voters.kept.line;
    return line?.isFounded === true ? [`${name}: ${line.sets.map((set) => set.join(' ')).join(', ')}`] : [];
  });
}

/** n2 has pledged itself to n1, n2 and n3, of the second revision, and was killed; n1 and n3 have begun by its word. */
function begunByThePledgeOfN2(): Cluster {
  const cluster = begun(wish('n2', 'n5'), 'n1', 'n2', 'n3');
  // n1 and n3 do not hear each other, so that n2 is the first to have heard all.
  cluster.cut.add('n1>n3').add('n3>n1');
  cluster.edit('n2', wish('n1', 'n2', 'n3'));
  cluster.run(1000);
  cluster.cut.clear();
  for (const name of ['n1', 'n3']) cluster.cut.add(`${name}>n2`);
  cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  cluster.host('n2').kill();
  expect(cluster.host('n2').kept.get('voters.json')).toContain('"isPledged":true');
  return cluster;
}

it('R12 a pledge outlives the revision that it was given for', () => {
  const cluster = begunByThePledgeOfN2();
  expect(founded(cluster)).toEqual(['n1: n1 n2 n3', 'n3: n1 n2 n3']);
  // Its machine lost power before the newest revision was on its disk.
  cluster.host('n2').kept.delete('revision.json');
  for (const name of ['n1', 'n3'])
    for (const other of ['n2', 'n5']) cluster.cut.add(`${name}>${other}`).add(`${other}>${name}`);
  cluster.start('n2');
  cluster.start('n5');
  cluster.run(5000);
  expect(founded(cluster)).toEqual(['n1: n1 n2 n3', 'n3: n1 n2 n3']);
  cluster.cut.clear();
  cluster.until('n2 and n5 are told', () => founded(cluster).filter((each) => each.endsWith('n1 n2 n3')).length === 4);
});

it('R12 a node that is no voter does not begin with other voters: those of its spec may have begun without it', () => {
  const cluster = begun(wish('n1', 'n2', 'n3'), 'n1', 'n2', 'n3');
  const begunBy = ['n1: n1 n2 n3', 'n2: n1 n2 n3', 'n3: n1 n2 n3'];
  expect(founded(cluster)).toEqual(begunBy);
  for (const other of ['n1', 'n2', 'n3']) cluster.cut.add(`${other}>n5`);
  cluster.start('n5');
  cluster.edit('n5', wish('n5'));
  cluster.run(5000);
  expect(founded(cluster)).toEqual(begunBy);
  expect([...cluster.mind('n5').conditions.values()].map(({ sentence }) => sentence).join()).toContain(
    'it changes the voters while a new cluster begins with n1, n2, n3, and may have begun by now',
  );
  cluster.cut.clear();
  cluster.until('n5 is told', () => founded(cluster).includes('n5: n1 n2 n3'));
});

it('R12 a node that is no voter begins with other voters once one of its spec does', () => {
  const cluster = begun(wish('n1', 'n4'), 'n1', 'n2', 'n3');
  cluster.edit('n2', wish('n1', 'n2', 'n3'));
  cluster.run(1000);
  expect(founded(cluster)).toEqual([]);
  cluster.edit('n1', wish('n1', 'n2', 'n3'));
  cluster.until('they begin', () => founded(cluster).length === 3);
});

it('R12 a node that is no voter begins with other voters also where it is told of these before it hears that one of its spec does', () => {
  const cluster = begun(wish('n1', 'n2', 'n3'), 'n1', 'n4');
  cluster.edit('n1', wish('n1', 'n4', 'n5'));
  cluster.until('n4 follows', () => cluster.mind('n4').revisions.inForce.generation === 2);
  cluster.host('n1').kill();
  cluster.start('n5');
  cluster.run(3000);
  expect([...cluster.mind('n5').conditions.values()].map(({ sentence }) => sentence).join()).toContain(
    'it changes the voters while a new cluster begins with n1, n2, n3, and may have begun by now',
  );
  cluster.start('n1');
  cluster.until('they begin', () => founded(cluster).length === 3);
});
