import { describe, expect, it } from 'vitest';
import { jsonSize } from '../../src/base/json-size.js';
import { limits } from '../../src/model/limits.js';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { describeFencing } from '../../src/reconciler/fencing-report.js';
import { mayStillFence } from '../../src/reconciler/fencing.js';
import { decodeRecordValue } from '../../src/runtime/wire-decode-record.js';
import { deviceFor, FencedCluster, specOfFenced } from './fenced-cluster.js';

describe('three nodes', () => {
  it('R14 fence the silent owner of what needs it, and only then take it over', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.powerOff('n1');
    cluster.until('somebody fences', () => cluster.fences.length > 0);
    expect(cluster.mind('n2').plan?.actions.some((action) => action.id.startsWith('claim:db'))).toBe(false);
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').length === 1);
    expect(cluster.fences).toHaveLength(1);
    expect(describeMind(cluster.mind('n3'), cluster.time, '').fencing).toMatchObject([
      { node: 'n1', state: 'fenced', last: { node: 'n1', incarnation: 'n1.1', how: 'pdu' } },
    ]);
  });

  it('R14 leave the owner alone that is only cut off, once its device says that it is off', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.isolate('n1');
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').some((where) => where !== 'n1'));
    expect(cluster.whereRuns('db')).toHaveLength(1);
    expect(cluster.host('n1').mind).toBe(null);
  });

  it('R14 do not take over while no device answers, and say so', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.fail('pdu off n1', 100);
    cluster.powerOff('n1');
    cluster.run(30_000);
    expect(cluster.whereRuns('db')).toEqual([]);
    expect(cluster.whereRuns('web')).toHaveLength(1);
    expect(cluster.fences.length).toBeGreaterThan(3);
    // Later and later.
    expect(cluster.fences.length).toBeLessThan(20);
    expect(cluster.waits('n2').join()).toContain('db: fencing on n1');
    expect(cluster.waits('n2').join()).toContain('pdu: no answer');
    expect(cluster.sentences('n2').join()).toContain('fairlead fence confirm n1');
  });

  it('R14 tell of a fence in no more words than a record may have, whatever the device says', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    const reason = 'no answer, \u2028 and more of it '.repeat(100);
    cluster.outcomes.set(
      'pdu off n1',
      Array.from({ length: 50 }, () => ({ kind: 'failed', reason })),
    );
    cluster.powerOff('n1');
    cluster.until('a second round', () => cluster.fences.length > 2);
    const told = cluster.heard.flatMap(({ message }) =>
      message.kind === 'gossip'
        ? (message.delta?.piece.entries ?? []).filter(({ value }) => value?.kind === 'fencing')
        : [],
    );
    expect(told.length).toBeGreaterThan(3);
    for (const { key, value } of told) {
      expect(decodeRecordValue(value)).toEqual(value);
      expect(jsonSize({ key, value })).toBeLessThan(limits.entryBytesMax);
    }
  });

  it('R14 take over when a person says that the owner is without power', () => {
    const cluster = FencedCluster.start({ devices: [] });
    cluster.runs('db', 'n1');
    cluster.powerOff('n1');
    cluster.run(20_000);
    expect(cluster.whereRuns('db')).toEqual([]);
    expect(cluster.waits('n3').join()).toContain('no device can fence it');
    cluster.put('n3', { kind: 'fence-confirmed', node: 'n1' });
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').length === 1, 2000);
  });

  it('R14 do not believe a person that a node which is heard is without power', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.put('n3', { kind: 'fence-confirmed', node: 'n1' });
    cluster.run(3000);
    expect(cluster.whereRuns('db')).toEqual(['n1']);
    expect(cluster.host('n3').said.join()).toContain('is not believed');
  });

  it('R14 believe a person that an owner which was taken out of the spec is without power', () => {
    const worker = { role: 'worker', votes: false } as const;
    const group = { db: { exclusive: 'fencing', prefer: ['w1'], require: ['w1', 'n2'] } } as const;
    const voters = { n1: {}, n2: {}, n3: {} };
    const cluster = FencedCluster.start({ devices: [], more: { nodes: { ...voters, w1: worker }, groups: group } });
    cluster.runs('db', 'w1');
    cluster.powerOff('w1');
    cluster.edit('n2', { ...specOfFenced({ devices: [] }), nodes: voters, groups: group });
    cluster.run(20_000);
    expect(cluster.mind('n2').index.nodes.has('w1')).toBe(false);
    expect(cluster.whereRuns('db')).toEqual([]);
    const [told] = describeFencing(cluster.mind('n2'), cluster.time.nowMs);
    expect(told).toMatchObject({ node: 'w1', state: 'wanted' });
    expect(told?.sentence).toContain('w1 was taken out of the spec and may still run what was promised to it');
    expect(told?.sentence).toContain('`fairlead fence confirm w1`');
    cluster.put('n2', { kind: 'fence-confirmed', node: 'w1' });
    cluster.until('db runs on n2', () => cluster.whereRuns('db').join() === 'n2', 5000);
    expect(cluster.mind('n2').fencing.targets.size).toBe(0);
  });

  it('R14 give the right to fence back when an edit takes the node and its devices away, and can leave', () => {
    const worker = { role: 'worker', votes: false } as const;
    const groups = { db: { exclusive: 'fencing', prefer: ['w1'], require: ['w1', 'n2'] } } as const;
    const nodes = { n1: {}, n2: {}, n3: {} };
    const devices = [deviceFor('pdu', ['w1'], { retries: 20 })];
    const more = { nodes: { ...nodes, w1: worker }, groups };
    const cluster = FencedCluster.start({ nodes: ['n1', 'n2', 'n3', 'w1'], devices, more });
    cluster.runs('db', 'w1');
    cluster.fail('pdu off w1', 1000);
    cluster.powerOff('w1');
    cluster.until('somebody is at it', () => cluster.fences.length > 2);
    const [by = ''] = cluster.fences[0]?.split(':') ?? [];
    expect([...cluster.mind(by).holder.held.keys()]).toEqual(['fence:w1']);
    cluster.edit('n2', { ...specOfFenced({ devices: [] }), nodes, groups });
    cluster.run(5000);
    cluster.put(by, { kind: 'leave' });
    cluster.until('it has left', () => cluster.host(by).hasLeft);
  });

  it('R14 fence nobody for being silent', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.powerOff('n3');
    cluster.run(20_000);
    expect(cluster.fences).toEqual([]);
  });

  it('S12 may fence while they have the right to, for the call that was decided', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.powerOff('n1');
    cluster.until('somebody fences', () => cluster.fences.length > 0);
    const by = cluster.fences[0]?.slice(0, 2) ?? '';
    const mind = cluster.mind(by);
    const request = mind.fencing.targets.get('n1')?.request;
    if (request === undefined || request === null) throw new Error('no call is under way');
    const { nowMs } = cluster.time;
    expect(mayStillFence(mind, request, nowMs)).toBe(true);
    expect(mayStillFence(mind, { ...request, id: 'another' }, nowMs)).toBe(false);
    // As for a process that stood still.
    expect(mayStillFence(mind, request, nowMs + 2 * mind.holder.leaseMs)).toBe(false);
  });

  it('R14 fence nobody from a minority', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.isolate('n3');
    cluster.run(20_000);
    expect(cluster.fences).toEqual([]);
  });

  it('R14 need fence nobody after a blackout: who boots again says what it was before', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    for (const name of ['n1', 'n2', 'n3']) cluster.powerOff(name);
    cluster.run(500);
    for (const name of ['n1', 'n2', 'n3']) cluster.start(name);
    cluster.until('db runs', () => cluster.whereRuns('db').length === 1, 20_000);
    expect(cluster.fences).toEqual([]);
  });

  it('R14 remember whom a silent owner must be fenced for, when all others lose their memory', () => {
    const cluster = FencedCluster.start({ more: { groups: { db: { exclusive: 'fencing', prefer: ['n1'] } } } });
    cluster.runs('db', 'n1');
    // It runs on unseen, as on a machine that stands still.
    cluster.isolate('n1');
    cluster.host('n1').kill();
    cluster.powerOff('n2');
    cluster.powerOff('n3');
    cluster.fail('pdu off n1', 100);
    cluster.run(500);
    cluster.start('n2');
    cluster.start('n3');
    cluster.run(30_000);
    expect(cluster.whereRuns('db')).toEqual(['n1']);
    cluster.outcomes.clear();
    cluster.until(
      'db runs elsewhere',
      () => cluster.whereRuns('db').join() !== 'n1' && cluster.whereRuns('db').length === 1,
      90_000,
    );
  });

  it('R14 use the next level when one fails, and all devices of it before any gives the power back', () => {
    const devices = [
      deviceFor('ipmi', ['n1'], { retries: 1 }),
      deviceFor('pdu-a', ['n1'], { action: 'reboot' }),
      deviceFor('pdu-b', ['n1'], { action: 'reboot' }),
    ];
    const cluster = FencedCluster.start({ devices, levels: { n1: [['ipmi'], ['pdu-a', 'pdu-b']] } });
    cluster.runs('db', 'n1');
    cluster.fail('ipmi off n1', 2);
    cluster.powerOff('n1');
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').length === 1, 20_000);
    cluster.run(1000);
    expect(cluster.fences.map((each) => each.slice(4))).toEqual([
      'ipmi off n1',
      'ipmi off n1',
      'pdu-a off n1',
      'pdu-b off n1',
      'pdu-a on n1',
      'pdu-b on n1',
    ]);
  });

  it('R14 count a level as it was begun, whatever the spec makes of it meanwhile', () => {
    const nodes = ['n1', 'n2', 'n3'];
    const [ipmi, a, b] = [deviceFor('ipmi', nodes), deviceFor('pdu-a', nodes), deviceFor('pdu-b', nodes)];
    const wish = { devices: [ipmi, a, b], levels: { n1: [['ipmi'], ['pdu-a', 'pdu-b']] } };
    for (const levels of [[['pdu-b', 'pdu-a']], [['ipmi'], ['pdu-b', 'pdu-a']]]) {
      const cluster = FencedCluster.start(wish);
      cluster.runs('db', 'n1');
      cluster.fail('ipmi off n1', 1);
      cluster.outcomes.set('pdu-a off n1', [{ kind: 'succeeded' }]);
      cluster.isolate('n1');
      cluster.until('one of two supplies is asked', () => cluster.fences.some((each) => each.includes('pdu-a')));
      cluster.edit('n2', specOfFenced({ ...wish, levels: { n1: levels } }));
      cluster.until('db runs elsewhere', () => cluster.whereRuns('db').some((where) => where !== 'n1'));
      expect(cluster.fences.map((each) => each.slice(4))).toEqual(['ipmi off n1', 'pdu-a off n1', 'pdu-b off n1']);
      expect(cluster.host('n1').mind).toBe(null);
    }
  });

  it('R14 begin a level anew where the right to it was lost meanwhile: the first device may have been switched on again', () => {
    const devices = ['pdu-a', 'pdu-b'].map((id) => deviceFor(id, ['n1']));
    const onFail = { monitor: 'restart', start: 'restart', stop: 'fence' } as const;
    const cluster = FencedCluster.start({
      devices,
      levels: { n1: [['pdu-a', 'pdu-b']] },
      more: { groups: { web: { prefer: ['n1'] } }, resources: { web: { onFail } } },
    });
    cluster.onFence = (by, request) => ({
      afterMs: 3000,
      outcome: by === 'n2' ? cluster.fence(by, request).outcome : () => ({ kind: 'failed', reason: 'out of reach' }),
    });
    cluster.runs('web', 'n1');
    cluster.outcomes.set('pdu-a off n1', [{ kind: 'succeeded' }, { kind: 'succeeded' }]);
    cluster
      .host('n1')
      .behaviours.set('stop:web', { outcome: { kind: 'failed', reason: 'busy', class: 'soft', code: 1 } });
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n2 asks for one of two supplies', () => cluster.fences.length === 1, 30_000);
    cluster.isolate('n2');
    cluster.run(6000);
    cluster.cut.clear();
    cluster.until('n1 is off', () => cluster.host('n1').mind === null, 60_000);
    expect(cluster.fences).toEqual(['n2: pdu-a off n1', 'n2: pdu-a off n1', 'n2: pdu-b off n1']);
  });

  it('R14 hear a call out that is about a node which the spec has no longer, and keep no right to it', () => {
    const voters = { n1: {}, n2: {}, n3: {} };
    const group = { db: { exclusive: 'fencing', prefer: ['w1'], require: ['w1', 'n2'] } } as const;
    const nodes = { ...voters, w1: { role: 'worker', votes: false } } as const;
    const cluster = FencedCluster.start({ nodes: Object.keys(nodes), more: { nodes, groups: group } });
    cluster.runs('db', 'w1');
    cluster.fail('pdu off w1', 1);
    cluster.powerOff('w1');
    cluster.until('a second call is under way', () => cluster.fences.length === 2);
    cluster.edit('n1', { ...specOfFenced({ nodes: Object.keys(voters) }), groups: group });
    cluster.until('db runs on n2', () => cluster.whereRuns('db').join() === 'n2', 5000);
    const by = cluster.fences[0]?.slice(0, 2) ?? '';
    expect(cluster.mind(by).index.nodes.has('w1')).toBe(false);
    cluster.put(by, { kind: 'leave' });
    cluster.until('it has left', () => cluster.host(by).hasLeft);
  });

  it('R14 give back a right that an earlier daemon of theirs had and that nobody needs any more', () => {
    const groups = { db: { exclusive: 'fencing', prefer: ['n1'] } } as const;
    const cluster = FencedCluster.start({ devices: [deviceFor('pdu', ['n1'], { retries: 100 })], more: { groups } });
    cluster.runs('db', 'n1');
    cluster.fail('pdu off n1', 100);
    cluster.host('n1').kill();
    cluster.until('somebody tries', () => cluster.fences.length > 2);
    const by = cluster.fences[0]?.slice(0, 2) ?? '';
    cluster.host(by).kill();
    cluster.start('n1');
    cluster.run(100);
    cluster.start(by);
    cluster.run(3000);
    cluster.put(by, { kind: 'leave' });
    cluster.until('it has left', () => cluster.host(by).hasLeft);
  });

  it('R14 fence whom something was promised to for good, though by an edit since nothing needs fencing any more', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.fail('pdu off n1', 2);
    cluster.powerOff('n1');
    cluster.until('fences are in vain', () => cluster.fences.length === 2);
    cluster.edit('n2', { ...specOfFenced(), groups: { db: {}, web: {} } });
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').length === 1, 20_000);
  });

  it('R14 say what is waited for where nothing needs fencing any more and nobody can do it', () => {
    const cluster = FencedCluster.start({ devices: [] });
    cluster.runs('db', 'n1');
    cluster.powerOff('n1');
    cluster.edit('n2', { ...specOfFenced({ devices: [] }), groups: { db: {} } });
    cluster.run(20_000);
    expect(cluster.whereRuns('db')).toEqual([]);
    expect(cluster.sentences('n2').join()).toContain('fairlead fence confirm n1');
    cluster.put('n2', { kind: 'fence-confirmed', node: 'n1' });
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').length === 1);
  });

  it('R14 fence a node once, though whoever gets the right to it next hears of its death a moment later', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.lateRecords.set('n2>n3', 150).set('n3>n2', 150);
    cluster.powerOff('n1');
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').length === 1);
    cluster.run(3000);
    expect(cluster.fences).toHaveLength(1);
  });

  it('R14 fence the node whose stop failed, though it is heard', () => {
    const cluster = FencedCluster.start({
      more: {
        groups: { web: { prefer: ['n1'] } },
        resources: { web: { onFail: { monitor: 'restart', start: 'restart', stop: 'fence' } } },
      },
    });
    cluster.runs('web', 'n1');
    cluster
      .host('n1')
      .behaviours.set('stop:web', { outcome: { kind: 'failed', reason: 'busy', class: 'soft', code: 1 } });
    cluster.put('n1', { kind: 'leave' });
    cluster.until('web runs elsewhere', () => cluster.whereRuns('web').some((where) => where !== 'n1'), 20_000);
    expect(cluster.fences).toHaveLength(1);
    expect(cluster.whereRuns('web')).toHaveLength(1);
  });

  it('R14 give everything up where they are fenced by a device that does nothing', () => {
    const cluster = FencedCluster.start();
    cluster.runs('db', 'n1');
    cluster.mayHaveTwo = true;
    cluster.outcomes.set('pdu off n1', [{ kind: 'succeeded' }]);
    cluster.isolate('n1');
    cluster.until('db runs elsewhere', () => cluster.whereRuns('db').some((where) => where !== 'n1'));
    cluster.cut.clear();
    cluster.run(3000);
    expect(cluster.whereRuns('db')).toHaveLength(1);
    expect(cluster.mind('n1').holder.held.size).toBe(0);
    expect(cluster.sentences('n1').join()).toContain('does not do what it says');
    // A new life is as good as any.
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.run(3000);
    expect(cluster.mind('n1').holder.incarnation).toBe('n1.2');
    expect(cluster.mind('n2').freshness.get('n1')?.incarnation).toBe('n1.2');
  });
});
