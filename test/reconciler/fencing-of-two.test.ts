import { describe, expect, it } from 'vitest';
import type { Cluster } from './cluster.js';
import { deviceFor, FencedCluster, specOfFenced } from './fenced-cluster.js';
import type { SpecWish } from './specs.js';

describe('a change of the voters', () => {
  const wish = (voters: readonly string[]): SpecWish => {
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'].map((node) => [node, { votes: voters.includes(node) }] as const);
    const groups = { db: { exclusive: 'fencing', prefer: ['n1'] } } as const;
    return { ...specOfFenced({ devices: [] }), nodes: Object.fromEntries(nodes), groups };
  };
  const isOver = (cluster: Cluster) =>
    ['n3', 'n4', 'n5'].every(
      (node) =>
        cluster.mind(node).voters.kept.line.sets.length === 1 && cluster.mind(node).holder.voters.includes('n5'),
    );

  it('R12 R14 is over once the new ones know to whom the old ones stand by promises that no time ends', () => {
    const cluster = FencedCluster.start({ more: wish(['n1', 'n2', 'n3']) });
    cluster.runs('db', 'n1');
    cluster.edit('n4', wish(['n3', 'n4', 'n5']));
    cluster.until('the new ones are in force', () => isOver(cluster), 10_000);
    expect([...cluster.mind('n5').voter.promises.values()]).toMatchObject([
      { key: 'db', node: 'n1', needsFencing: true },
    ]);
    expect(cluster.whereRuns('db')).toEqual(['n1']);
  });

  it('R12 R14 is not over while one of those is silent, until it is certified to be dead', () => {
    const cluster = FencedCluster.start({ more: wish(['n1', 'n2', 'n3']) });
    cluster.runs('db', 'n1');
    cluster.isolate('n1');
    cluster.host('n1').kill();
    cluster.edit('n4', wish(['n3', 'n4', 'n5']));
    cluster.run(20_000);
    expect(cluster.mind('n4').voters.kept.line.sets).toHaveLength(2);
    cluster.host('n1').reset();
    cluster.put('n4', { kind: 'fence-confirmed', node: 'n1' });
    cluster.until('the new ones are in force', () => isOver(cluster), 10_000);
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').length === 1, 10_000);
  });
});

describe('two nodes', () => {
  const nodes = ['n1', 'n2'];

  it('R14 of two voters the survivor goes on without an interruption, fences the other and takes what it had', () => {
    const cluster = FencedCluster.start({
      nodes,
      more: { groups: { db: { exclusive: 'fencing', prefer: ['n1'] }, web: { prefer: ['n2'] } } },
    });
    cluster.runs('db', 'n1');
    cluster.runs('web', 'n2');
    cluster.powerOff('n1');
    cluster.until('db runs on n2', () => cluster.whereRuns('db').join() === 'n2', 5000);
    expect(cluster.fences).toEqual(['n2: pdu off n1']);
    expect(cluster.host('n2').calls.filter((call) => call === 'stop web')).toEqual([]);
    // And goes on when the other comes back.
    cluster.start('n1');
    cluster.run(10_000);
    expect(cluster.host('n2').calls.filter((call) => call.startsWith('stop'))).toEqual([]);
    expect(cluster.mind('n2').holder.isRivalDead).toBe(false);
    expect(cluster.mind('n1').holder.held.size).toBe(0);
    expect(cluster.fences).toHaveLength(1);
  });

  it('R14 S2 a daemon that is back listens for a lease before it counts the other as dead, and keeps what it has', () => {
    const cluster = FencedCluster.start({ nodes });
    cluster.runs('db', 'n1');
    cluster.powerOff('n2');
    cluster.until('n2 counts as dead', () => cluster.mind('n1').holder.isRivalDead, 10_000);
    const { leaseMs } = cluster.mind('n1').holder;
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.run(leaseMs / 2);
    expect(cluster.mind('n1').holder.isRivalDead).toBe(false);
    cluster.run(leaseMs);
    expect(cluster.mind('n1').holder.isRivalDead).toBe(true);
    expect(cluster.host('n1').calls.filter((call) => call.startsWith('stop'))).toEqual([]);
    expect(cluster.fences).toEqual(['n1: pdu off n2']);
  });

  it('R14 of two that lose sight of each other one survives: the preferred one', () => {
    const cluster = FencedCluster.start({ nodes, prefer: ['n2'] });
    cluster.runs('db', 'n1');
    cluster.isolate('n1');
    cluster.until('db runs on n2', () => cluster.whereRuns('db').join() === 'n2', 5000);
    expect(cluster.fences).toEqual(['n2: pdu off n1']);
  });

  it('R14 who starts alone waits until it sees the other', () => {
    const cluster = FencedCluster.start({ nodes });
    cluster.runs('db', 'n1');
    cluster.powerOff('n1');
    cluster.powerOff('n2');
    cluster.run(500);
    cluster.start('n2');
    cluster.run(20_000);
    expect(cluster.fences).toEqual([]);
    expect(cluster.whereRuns('db')).toEqual([]);
    expect(cluster.sentences('n2').join()).toContain('firstStart');
    cluster.start('n1');
    cluster.until('db runs', () => cluster.whereRuns('db').length === 1, 10_000);
    expect(cluster.fences).toEqual([]);
  });

  it('R14 who starts alone fences the other first where the spec says so', () => {
    const cluster = FencedCluster.start({ nodes, firstStart: 'fence' });
    cluster.runs('db', 'n1');
    cluster.powerOff('n1');
    cluster.powerOff('n2');
    cluster.run(500);
    cluster.start('n2');
    cluster.until('db runs on n2', () => cluster.whereRuns('db').join() === 'n2', 20_000);
    expect(cluster.fences).toEqual(['n2: pdu off n1']);
  });

  it('R14 who left in order is not fenced, and its vote is not missed', () => {
    const cluster = FencedCluster.start({ nodes });
    cluster.runs('db', 'n1');
    cluster.put('n1', { kind: 'leave' });
    cluster.until('db runs on n2', () => cluster.whereRuns('db').join() === 'n2', 5000);
    cluster.run(20_000);
    expect(cluster.whereRuns('db')).toEqual(['n2']);
    expect(cluster.fences).toEqual([]);
  });
});

describe('one of two that left and comes back in the same boot', () => {
  const nodes = ['n1', 'n2'];

  it('R14 S1 is another life, which knows nothing of the deaths of before: the other may have taken everything since', () => {
    const cluster = FencedCluster.start({ nodes });
    cluster.runs('db', 'n1');
    cluster.powerOff('n2');
    cluster.until('n2 counts as dead', () => cluster.mind('n1').holder.isRivalDead, 10_000);
    const { incarnation } = cluster.mind('n1').holder;
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft, 20_000);
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.run(6000);
    expect(cluster.mind('n1').holder.incarnation).not.toBe(incarnation);
    expect(cluster.whereRuns('db')).toEqual([]);
    expect(cluster.sentences('n1').join()).toContain('firstStart');
    cluster.start('n2');
    cluster.runs('db', 'n1');
  });

  it('R14 S1 is not taken for the one that left where only its heartbeats came through', () => {
    const more = (state: 'standby' | 'active') => ({
      nodes: { n1: {}, n2: { state } },
      groups: { web: { prefer: ['n1'] } },
    });
    const cluster = FencedCluster.start({ nodes, more: more('standby') });
    cluster.runs('web', 'n1');
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft, 20_000);
    cluster.run(5000);
    expect(cluster.mind('n2').holder.isRivalDead).toBe(true);
    cluster.lateRecords.set('n1>n2', Number.POSITIVE_INFINITY);
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.runs('web', 'n1');
    cluster.isolate('n1');
    cluster.fail('pdu off n2', 99);
    cluster.run(3000);
    cluster.edit('n2', specOfFenced({ nodes, more: more('active') }));
    cluster.runs('web', 'n2');
    expect(cluster.fences).toContain('n2: pdu off n1');
  });

  it('R14 S1 is not taken for the one that left by the word of a node that heard nothing since', () => {
    const more = (state: 'standby' | 'active') => ({
      nodes: { n1: {}, n2: { state }, n3: { votes: false } },
      groups: { web: { prefer: ['n1'] } },
    });
    const cluster = FencedCluster.start({ more: more('standby') });
    cluster.runs('web', 'n1');
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft, 20_000);
    cluster.run(3000);
    cluster.isolate('n3');
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.runs('web', 'n1');
    cluster.powerOff('n2');
    cluster.fail('pdu off n2', 99);
    cluster.cut.clear();
    cluster.isolate('n1');
    cluster.start('n2');
    cluster.edit('n2', specOfFenced({ more: more('active') }));
    cluster.run(20_000);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
    expect(cluster.mind('n2').holder.isRivalDead).toBe(false);
  });

  it('R14 has no earlier life for which it is fenced, though nobody heard what it let go of', () => {
    const more = { groups: { db: { exclusive: 'fencing', prefer: ['n1'] } } } as const;
    const cluster = FencedCluster.start({ more });
    cluster.runs('db', 'n1');
    const life = cluster.mind('n1').holder.incarnation;
    cluster.fail('pdu off n1', 99);
    cluster.isolate('n1');
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft, 20_000);
    cluster.host('n1').kill();
    cluster.run(3000);
    expect(cluster.whereRuns('db')).toEqual([]);
    cluster.cut.clear();
    cluster.start('n1');
    cluster.until('db runs', () => cluster.whereRuns('db').length === 1, 10_000);
    expect(cluster.host('n2').said.join()).toContain(`n1 is dead under its life ${life}, by word of n1 (it had left)`);
    const count = cluster.fences.length;
    cluster.run(10_000);
    expect(cluster.fences).toHaveLength(count);
  });
});

describe('two nodes that leave', () => {
  const onFail = { monitor: 'restart', start: 'restart', stop: 'fence' } as const;
  const devices = [deviceFor('p1', ['n1'], { delayBaseMs: 10_000 }), deviceFor('p2', ['n2'])];
  const busy = { kind: 'failed', reason: 'busy', class: 'soft', code: 1 } as const;
  const more = {
    groups: { a: { prefer: ['n1'] }, b: { prefer: ['n2'] } },
    resources: { a: { onFail }, b: { onFail } },
  } as const;

  function running(): FencedCluster {
    const cluster = FencedCluster.start({ nodes: ['n1', 'n2'], devices, more });
    cluster.runs('a', 'n1');
    cluster.runs('b', 'n2');
    cluster.host('n2').behaviours.set('stop:b', { outcome: busy });
    return cluster;
  }

  it('R14 do not wait for each other for ever, where neither can stop what it has', () => {
    const cluster = running();
    cluster.host('n1').behaviours.set('stop:a', { outcome: busy });
    for (const name of ['n1', 'n2']) cluster.put(name, { kind: 'leave' });
    cluster.until('n1 fences', () => cluster.fences.length > 0, 20_000);
    cluster.until('n2 is dead', () => cluster.host('n2').mind === null, 1000);
    // Its new life leaves no more, and takes everything.
    cluster.start('n2');
    cluster.runs('a', 'n2');
    cluster.runs('b', 'n2');
    expect(cluster.fences).toEqual(['n1: p2 off n2', 'n2: p1 off n1']);
  });

  it('R14 go without fencing anybody, where nothing of their own keeps them', () => {
    const cluster = running();
    for (const name of ['n1', 'n2']) cluster.put(name, { kind: 'leave' });
    cluster.until('n1 has left', () => cluster.host('n1').mind?.hasLeft !== false, 20_000);
    expect(cluster.fences).toEqual([]);
  });
});

describe('a node that leaves in the middle of a fence', () => {
  it('R14 sees to the end of it, though it holds nothing', () => {
    const more = { groups: { db: { exclusive: 'fencing', prefer: ['n2'] } } } as const;
    const cluster = FencedCluster.start({ nodes: ['n1', 'n2'], more });
    cluster.runs('db', 'n2');
    cluster.powerOff('n2');
    cluster.until('n1 fences', () => cluster.fences.length > 0, 20_000);
    expect(cluster.mind('n1').holder.held.size).toBe(0);
    const before = cluster.host('n1').said.join();
    cluster.put('n1', { kind: 'leave' });
    cluster.run(5000);
    expect(before).not.toContain('n2 is fenced by');
    expect(cluster.host('n1').said.join()).toContain('n2 is fenced by pdu');
  });
});

describe('exclusivity', () => {
  it('a provider is trusted to see to one owner: no stop budget is waited for', () => {
    const take = (exclusive: 'provider' | 'lease') => {
      const cluster = FencedCluster.start({ more: { groups: { web: { exclusive, prefer: ['n1'] } } } });
      cluster.runs('web', 'n1');
      cluster.powerOff('n1');
      return cluster.until('web runs elsewhere', () => cluster.whereRuns('web').length === 1);
    };
    expect(take('lease') - take('provider')).toBeGreaterThan(500);
  });
});
