import { describe, expect, it } from 'vitest';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const WISH: SpecWish = {
  nodes: { n1: {}, n2: {}, n3: { role: 'witness' } },
  groups: { web: { prefer: ['n1'] }, db: { prefer: ['n2'] }, old: { require: ['n1'], desired: 'stopped' } },
};

function running(): Cluster {
  const cluster = Cluster.begin(WISH);
  cluster.until('all runs', () => ['web', 'db'].every((group) => cluster.whereRuns(group).length > 0));
  cluster.run(500);
  return cluster;
}

const statusOf = (cluster: Cluster, node: string) => describeMind(cluster.mind(node), cluster.time, '');

describe('a node that is cut off', () => {
  it('says of no group that another node may run that it does not run', () => {
    const cluster = running();
    cluster.isolate('n1');
    cluster.until('n2 has web', () => cluster.whereRuns('web').join() === 'n2');
    cluster.run(2000);
    const here = 'since n2 is not heard; n1 does not reach a majority of the voters';
    expect(statusOf(cluster, 'n1').groups).toMatchObject([
      { group: 'db', node: null, state: 'unknown', sentence: `whether db runs is not known from here, ${here}` },
      { group: 'old', node: null, state: 'stopped', sentence: 'old is stopped, as desired' },
      { group: 'web', node: null, state: 'unknown', sentence: `whether web runs is not known from here, ${here}` },
    ]);
    // Who took over knows.
    expect(statusOf(cluster, 'n2').groups).toMatchObject([{ state: 'running' }, {}, { state: 'running' }]);
  });

  it('shows no lease of a silent node that it had itself since, and goes on showing others', () => {
    const cluster = running();
    cluster.host('n2').kill();
    cluster.host('n2').running.clear();
    cluster.until('n1 has db', () => cluster.whereRuns('db').join() === 'n1');
    const leasesOf = () => statusOf(cluster, 'n1').leases.map(({ group, node }) => `${group} ${node}`);
    cluster.isolate('n1');
    cluster.run(4000);
    expect(leasesOf()).toEqual([]);
    // What n2 took since is heard of, and shown when n2 is silent again.
    cluster.start('n2');
    cluster.run(4000);
    cluster.cut.clear();
    cluster.until('n2 has db', () => cluster.whereRuns('db').join() === 'n2', 20_000);
    cluster.run(500);
    cluster.isolate('n1');
    cluster.run(4000);
    expect(leasesOf()).toContain('db n2');
  });

  it('tells what it is stopping itself, and what it knows once it is back', () => {
    const cluster = running();
    cluster.host('n1').behaviours.set('stop:web', { takesMs: 100 });
    cluster.isolate('n1');
    cluster.until('n1 stops web', () => cluster.host('n1').calls.includes('stop web'));
    expect(statusOf(cluster, 'n1').groups[2]).toMatchObject({
      group: 'web',
      node: 'n1',
      members: [{ state: 'stopping' }],
    });
    cluster.run(3000);
    cluster.cut.clear();
    cluster.run(3000);
    expect(statusOf(cluster, 'n1').groups).toMatchObject([
      { node: 'n2', state: 'running' },
      { state: 'stopped' },
      { state: 'running' },
    ]);
  });
});

describe('a voter that is heard and does not answer', () => {
  it('is missed: no other may be lost', () => {
    const cluster = running();
    cluster.cut.add('n1>n3');
    cluster.run(3000);
    const { health, verdict, nodes } = statusOf(cluster, 'n1');
    expect(nodes[2]).toMatchObject({ node: 'n3', liveness: 'online' });
    expect({ health, verdict }).toEqual({
      health: 'degraded',
      verdict:
        '2 of 2 groups run, nothing is moving; n3 heard but not answering: 2 of 3 voters answer, and no other may be lost.',
    });
  });

  it('is not missed for answers that are lost within a lease, nor by a daemon that has just begun', () => {
    const cluster = running();
    cluster.cut.add('n1>n3');
    cluster.run(700);
    cluster.cut.clear();
    cluster.run(150);
    expect(statusOf(cluster, 'n1').health).toBe('ok');
    cluster.host('n1').kill();
    cluster.cut.add('n1>n3');
    cluster.start('n1');
    const seen: string[] = [];
    for (let looks = 0; looks < 60; looks += 1) {
      cluster.run(10);
      seen.push(statusOf(cluster, 'n1').health);
    }
    expect(seen).toContain('ok');
    expect(seen).not.toContain('degraded');
    cluster.cut.clear();
    cluster.run(1000);
    expect(statusOf(cluster, 'n1').health).toBe('ok');
  });

  it('is told apart from one that began without a memory', () => {
    const cluster = running();
    cluster.host('n3').reset();
    cluster.start('n3');
    cluster.run(1400);
    const { health, verdict } = statusOf(cluster, 'n1');
    expect({ health, verdict }).toEqual({
      health: 'degraded',
      verdict:
        '2 of 2 groups run, nothing is moving; n3 granting nothing yet: 2 of 3 voters answer, and no other may be lost.',
    });
    cluster.run(2000);
    expect(statusOf(cluster, 'n1').health).toBe('ok');
  });
});
