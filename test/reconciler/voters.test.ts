import { describe, expect, it } from 'vitest';
import { isQuorate } from '../../src/ownership/holder.js';
import { configurationOfLine } from '../../src/ownership/line.js';
import type { Mind } from '../../src/reconciler/mind.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** A cluster of five nodes of which these vote, with one group. */
function wish(voters: readonly string[], leaseMs = 1000, nodes: readonly string[] = NODES): SpecWish {
  const members = Object.fromEntries(nodes.map((name) => [name, { votes: voters.includes(name) }]));
  return { nodes: members, groups: { web: { prefer: ['n1'] } }, leaseMs };
}

const three = ['n1', 'n2', 'n3'];

function lineOf(mind: Mind) {
  return mind.voters.kept.line;
}

function settle(cluster: Cluster, voters: readonly string[]): void {
  const counts = () =>
    NODES.every((name) => {
      const { mind } = cluster.host(name);
      return (
        mind === null ||
        lineOf(mind)
          .sets.map((set) => set.join(' '))
          .join(', ') === voters.join(' ')
      );
    });
  cluster.until(`all count ${voters.join(' ')}`, counts, 8000);
}

function sentences(cluster: Cluster, name: string): string[] {
  return [...cluster.mind(name).conditions.values()].map(({ kind, sentence }) => `${kind}: ${sentence}`);
}

describe('R12 a new cluster', () => {
  it('grants nothing before each of its voters was seen, and says whom it waits for', () => {
    const cluster = Cluster.begin(wish(three));
    for (const name of NODES) {
      cluster.host(name).reset();
      cluster.host(name).kept.clear();
    }
    cluster.isolate('n3');
    cluster.run(10);
    for (const name of NODES) cluster.start(name);
    cluster.run(3000);
    expect(cluster.whereRuns('web')).toEqual([]);
    expect(sentences(cluster, 'n1').join()).toContain('nothing is granted until n3 is heard');
    cluster.cut.clear();
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  });

  it('once begun needs a majority only, also where all start again', () => {
    const cluster = Cluster.begin(wish(three));
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
    for (const name of NODES) cluster.host(name).kill();
    cluster.run(5000);
    for (const name of ['n1', 'n2']) cluster.start(name);
    cluster.until('web is owned', () => cluster.mind('n1').holder.held.get('web')?.state === 'own', 4000);
  });

  it('is not founded beside a running one by new machines that have the newest file', () => {
    const cluster = Cluster.begin(wish(three));
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
    // Three of the five voters of the new file come up empty, and hear nothing of the others.
    const newest = cluster.write(wish(NODES), 2);
    for (const name of ['n3', 'n4', 'n5']) {
      cluster.host(name).reset();
      cluster.host(name).kept.clear();
      for (const other of ['n1', 'n2']) cluster.cut.add(`${name}>${other}`).add(`${other}>${name}`);
      cluster.host(name).start({ ...newest, time: cluster.time });
    }
    cluster.run(6000);
    for (const name of ['n3', 'n4', 'n5']) expect(cluster.mind(name).holder.held.size, name).toBe(0);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
    cluster.cut.clear();
    settle(cluster, NODES);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
  });

  /** All begin anew, and what `deaf` is sent is lost. */
  function begunDeaf(deaf: readonly string[]): Cluster {
    const cluster = Cluster.begin(wish(three));
    for (const name of NODES) {
      cluster.host(name).reset();
      cluster.host(name).kept.clear();
      for (const ear of deaf) cluster.cut.add(`${name}>${ear}`);
    }
    cluster.run(10);
    for (const name of NODES) cluster.start(name);
    cluster.run(2000);
    return cluster;
  }

  const founded = (cluster: Cluster): string[] =>
    NODES.flatMap((name) => {
      const line = lineOf(cluster.mind(name));
      return line.isFounded ? [`${name}: ${line.sets.join(' ')}`] : [];
    });

  it('does not begin with a voter that hears nobody, and may go and begin without the others', () => {
    const cluster = begunDeaf(['n1']);
    expect(founded(cluster)).toEqual([]);
    expect(sentences(cluster, 'n2').join()).toContain(
      'nothing is granted until n1 is known to have heard all of them too',
    );
    cluster.edit('n1', wish(['n1']));
    cluster.run(2000);
    expect(new Set(founded(cluster).map((line) => line.slice(4)))).toEqual(new Set(['n1']));
    cluster.cut.clear();
    settle(cluster, ['n1']);
  });

  it('keeps a voter that heard all to the voters that it heard, until one of these begins otherwise', () => {
    const cluster = begunDeaf(['n1']);
    cluster.edit('n2', wish(['n2']));
    cluster.run(1000);
    expect(sentences(cluster, 'n2').join()).toContain(
      'it changes the voters while a new cluster begins with n1, n2, n3, and may have begun by now',
    );
    expect(founded(cluster)).toEqual([]);
    // A restart does not free it.
    cluster.host('n2').kill();
    cluster.start('n2', wish(['n2']));
    cluster.run(1000);
    expect(cluster.mind('n2').revisions.inForce.generation).toBe(1);
    // n1 never heard the others, so nobody can have begun with it.
    for (const name of NODES) cluster.cut.delete(`${name}>n1`);
    cluster.cut.add('n3>n1');
    cluster.edit('n1', wish(['n1', 'n2']));
    settle(cluster, ['n1', 'n2']);
    expect(lineOf(cluster.mind('n3')).isFounded).toBe(true);
  });
});

describe('R12 a change of the voters', () => {
  it('keeps the group where it is, over three, five and other three voters', () => {
    const cluster = Cluster.begin(wish(three));
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
    for (const voters of [NODES, ['n3', 'n4', 'n5']]) {
      cluster.edit('n2', wish(voters));
      settle(cluster, voters);
    }
    expect(cluster.host('n1').calls.filter((call) => call === 'start web')).toHaveLength(1);
    expect(cluster.mind('n1').holder.held.get('web')?.state).toBe('own');
  });

  it('claims above every epoch that earlier voters granted, whatever the wall clocks say', () => {
    const cluster = Cluster.begin(wish(three));
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
    const far = 9_000_000_000_000;
    for (const name of ['n1', 'n2', 'n3']) cluster.mind(name).voter.epochMax.set('db', far);
    cluster.edit('n1', wish(['n3', 'n4', 'n5']));
    settle(cluster, ['n3', 'n4', 'n5']);
    for (const name of ['n4', 'n5']) {
      expect(cluster.mind(name).voter.epochFloor).toBe(far);
      expect(cluster.mind(name).holder.epochFloor).toBe(far);
    }
    cluster.host('n1').reset();
    const epochs = () => NODES.slice(1).map((name) => cluster.mind(name).holder.held.get('web')?.epoch ?? 0);
    cluster.until('web is owned anew', () => Math.max(...epochs()) > far, 6000);
  });

  it('waits for the longest lease that an old voter promised', () => {
    const cluster = Cluster.begin(wish(three, 3000));
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0, 20_000);
    cluster.edit('n1', wish(three, 1000));
    cluster.run(500);
    cluster.edit('n1', wish(NODES, 1000));
    cluster.until('both count', () => lineOf(cluster.mind('n4')).sets.length === 2);
    const tookMs = cluster.until('the new ones count', () => lineOf(cluster.mind('n4')).number === 1, 8000);
    // P(3000) + P(500), not P(1000) + P(500).
    expect(tookMs).toBeGreaterThan(4190);
  });

  it.each([
    ['', false],
    [' and however often those are restarted', true],
  ])('waits until nobody counts the old voters any more, by whatever lease they were asked%s', (_, isRestarted) => {
    const cluster = Cluster.begin(wish(three));
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0, 20_000);
    // As after an edit that reached nobody else.
    cluster.mind('n5').holder.leaseMs = 6000;
    cluster.run(500);
    cluster.isolate('n5');
    for (const name of isRestarted ? three : []) {
      cluster.host(name).kill();
      cluster.start(name);
    }
    cluster.run(300);
    const isCounting = () => isQuorate(cluster.mind('n5').holder, cluster.nowMs);
    cluster.edit('n1', wish(['n1', 'n2', 'n4']));
    cluster.until('both count', () => lineOf(cluster.mind('n4')).sets.length === 2, 8000);
    expect(isCounting()).toBe(true);
    cluster.until('the new ones count', () => lineOf(cluster.mind('n4')).number === 1, 12_000);
    expect(isCounting()).toBe(false);
  });

  it('makes a removed voter refuse, and a restarted one keep what it knew', () => {
    const cluster = Cluster.begin(wish(three));
    cluster.run(2000);
    cluster.edit('n1', wish(['n3', 'n4', 'n5']));
    settle(cluster, ['n3', 'n4', 'n5']);
    for (const name of ['n1', 'n2']) expect(cluster.mind(name).voter.isVoting, name).toBe(false);
    const before = configurationOfLine(lineOf(cluster.mind('n1')));
    cluster.host('n1').reset();
    cluster.isolate('n1');
    cluster.start('n1');
    cluster.run(3000);
    expect(configurationOfLine(lineOf(cluster.mind('n1')))).toEqual(before);
    expect(cluster.mind('n1').voter.isVoting).toBe(false);
  });

  it('refuses to lose the address of a node that still votes, and takes the same text once it does not', () => {
    const cluster = Cluster.begin(wish(three));
    cluster.run(2000);
    const without = wish(['n2', 'n3', 'n4'], 1000, ['n2', 'n3', 'n4', 'n5']);
    cluster.edit('n2', without);
    cluster.run(1000);
    expect(sentences(cluster, 'n2').join()).toContain('it has no node "n1", which still votes');
    cluster.edit('n3', wish(['n2', 'n3', 'n4']));
    settle(cluster, ['n2', 'n3', 'n4']);
    cluster.edit('n2', wish(three));
    cluster.edit('n2', without);
    cluster.run(2000);
    expect(cluster.mind('n5').spec.nodes.map(({ id }) => id)).toEqual(['n2', 'n3', 'n4', 'n5']);
  });

  it('says nothing more of a voter that is none any more, and forgets a node that the spec has no longer', () => {
    const cluster = Cluster.begin(wish(three));
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
    cluster.host('n1').reset();
    cluster.start('n1');
    cluster.until('n3 refuses', () => sentences(cluster, 'n1').some((each) => each.includes('n3 still keeps')));
    cluster.host('n3').kill();
    cluster.edit('n2', wish(['n1', 'n2', 'n4']));
    settle(cluster, ['n1', 'n2', 'n4']);
    expect(sentences(cluster, 'n1').filter((each) => each.includes('n3'))).toEqual([]);
    cluster.run(1000);
    const without = NODES.filter((name) => name !== 'n3');
    cluster.edit('n2', wish(['n1', 'n2', 'n4'], 1000, without));
    cluster.run(1000);
    const { hearing, said, answered, records, voters } = cluster.mind('n1');
    for (const map of [hearing.heard, hearing.last, said.heard, answered, records.records, records.known, voters.told])
      expect([...map.keys()]).not.toContain('n3');
    expect(records.records.get('n1')?.table.entries.get('heard:n3')?.value ?? null).toBe(null);
  });

  it('waits for a voter whose version knows nothing of changes', () => {
    const cluster = Cluster.begin(wish(three));
    cluster.run(2000);
    cluster.host('n4').kill();
    cluster.host('n5').kill();
    for (const name of three) cluster.mind(name).records.records.get('n4')?.table.entries.delete('self');
    cluster.edit('n1', wish(['n1', 'n2', 'n4']));
    cluster.run(3000);
    expect(sentences(cluster, 'n1').join()).toContain('n4 is not in this cluster yet');
    expect(lineOf(cluster.mind('n1')).sets).toEqual([three]);
  });
});
