import { describe, expect, it } from 'vitest';
import { alertEvents } from '../../src/model/alert.js';
import { setCondition } from '../../src/reconciler/conditions.js';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { Cluster } from './cluster.js';
import { FencedCluster } from './fenced-cluster.js';
import type { SpecWish } from './specs.js';

const WISH: SpecWish = { groups: { web: { prefer: ['n1'] } }, alerts: { ops: alertEvents } };

/** Resources that a failed monitor blocks. */
const BLOCKS: SpecWish['resources'] = { web: { onFail: { monitor: 'block', start: 'restart', stop: 'block' } } };

/** A cluster whose group runs on n1, and that had nothing to tell so far. */
function running(wish: SpecWish = WISH): Cluster {
  const cluster = Cluster.begin(wish);
  settle(cluster, 'n1');
  // No monitor is under way then.
  cluster.run(5500);
  return cluster;
}

function settle(cluster: Cluster, where: string): void {
  cluster.until(`web runs on ${where}`, () => cluster.whereRuns('web').join() === where, 30_000);
}

/** What everybody told, as `n2 node error: n1 is lost`. */
function told(cluster: Cluster): string[] {
  return [...cluster.hosts.values()].flatMap((host) =>
    host.told.map(({ by, event, severity, sentence }) => `${by} ${event} ${severity}: ${sentence}`),
  );
}

describe('a start of the whole cluster', () => {
  it('is no news, and neither is a restart of a daemon', () => {
    const cluster = running();
    cluster.host('n1').kill();
    cluster.run(300);
    cluster.start('n1');
    cluster.run(5000);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
    expect(told(cluster)).toEqual([]);
  });
});

describe('the loss of a node', () => {
  it('is told by the first that is there, and the failover by the one that has the group now', () => {
    const cluster = running();
    cluster.host('n1').reset();
    settle(cluster, 'n2');
    cluster.run(5000);
    expect(told(cluster)).toEqual([
      'n2 node error: n1 is lost: it is not heard by n2',
      'n2 failover warning: web runs on n2 now, before on n1: n1 is offline',
    ]);
    expect(cluster.host('n2').told[1]).toMatchObject({
      number: 2,
      event: 'failover',
      cluster: 'test',
      node: 'n2',
      nodeNumber: 2,
      by: 'n2',
      group: 'web',
      from: 'n1',
      atWallMs: expect.any(Number),
    });
    cluster.start('n1');
    cluster.run(5000);
    expect(told(cluster).slice(2)).toEqual(['n2 node info: n1 is there again']);
  });

  it('is told by another one when the first is lost with it', () => {
    const cluster = running({ ...WISH, nodes: { n1: {}, n2: {}, n3: {}, n4: {}, n5: {} } });
    cluster.host('n2').reset();
    cluster.run(600);
    cluster.host('n1').reset();
    cluster.run(5000);
    const nodes = told(cluster).filter((each) => each.includes(' node '));
    expect(nodes).toEqual([
      'n3 node error: n2 is lost: it is not heard by n3',
      'n3 node error: n1 is lost: it is not heard by n3',
    ]);
  });

  it('is told by a node without a majority, too, which says so', () => {
    const cluster = running();
    cluster.isolate('n3');
    cluster.run(5000);
    expect(cluster.host('n3').told.map(({ sentence }) => sentence)).toEqual([
      'n1 is lost: it is not heard by n3, which has no majority of the voters',
      'n2 is lost: it is not heard by n3, which has no majority of the voters',
    ]);
    expect(cluster.host('n1').told.map(({ sentence }) => sentence)).toEqual(['n3 is lost: it is not heard by n1']);
  });

  it('is told as what it is when the node was stopped in order', () => {
    const cluster = running();
    cluster.put('n3', { kind: 'leave' });
    cluster.run(5000);
    expect(told(cluster)).toEqual(['n1 node info: n3 was stopped in order']);
  });

  it('is told as a loss when it died while it was to hand over', () => {
    const cluster = running();
    const owner = cluster.whereRuns('web').join();
    cluster.host(owner).behaviours.set('stop:web', { never: true });
    cluster.put(owner, { kind: 'leave' });
    cluster.run(250);
    cluster.host(owner).reset();
    cluster.run(5000);
    expect(told(cluster).filter((each) => each.includes('node'))).toEqual([
      `${owner === 'n1' ? 'n2' : 'n1'} node error: ${owner} is lost: it is not heard by ${owner === 'n1' ? 'n2' : 'n1'}`,
    ]);
  });
});

describe('a planned move', () => {
  it('is a failover with its reason', () => {
    const cluster = running();
    cluster.edit('n1', { ...WISH, nodes: { n1: { state: 'standby' }, n2: {}, n3: {} } });
    settle(cluster, 'n2');
    cluster.run(3000);
    expect(told(cluster)).toEqual(['n2 failover warning: web runs on n2 now, before on n1: n1 is standby']);
  });
});

describe('a failure', () => {
  it('is told each time, also where the log has its sentence once', () => {
    const cluster = running({ ...WISH, groups: { web: { prefer: ['n1'], restarts: 0 } }, resources: BLOCKS });
    cluster.host('n1').behaviours.set('monitor:web', {
      outcome: { kind: 'failed', reason: 'no answer', class: 'soft', code: 1 },
    });
    cluster.run(3500);
    const failures = cluster.host('n1').told.filter(({ event }) => event === 'failure');
    expect(failures.length).toBeGreaterThanOrEqual(3);
    const told = new Set(failures.map(({ sentence }) => sentence));
    expect([...told]).toEqual([
      'on n1, web: monitor failed: no answer; it is blocked here and nobody takes it: stop it by hand, then run `fairlead retry web`',
    ]);
    const levels = cluster.host('n1').said.flatMap((each) => (each.includes('no answer') ? [each.split(':')[0]] : []));
    expect(levels).toEqual(['error', ...failures.slice(1).map(() => 'debug')]);
  });

  it('is told where it happened, with the call and what came of it', () => {
    const cluster = running();
    cluster.host('n1').behaviours.set('monitor:web', {
      outcome: { kind: 'failed', reason: 'no answer', class: 'soft', code: 1 },
    });
    cluster.put('n1', { kind: 'nudged', resource: 'web' });
    cluster.run(100);
    const [first] = cluster.host('n1').told;
    expect(first).toMatchObject({ event: 'failure', severity: 'warning', node: 'n1', group: 'web', resource: 'web' });
    expect(first?.sentence).toContain('on n1, web: monitor failed: no answer');
    expect(first?.call).toEqual({
      action: 'monitor',
      intervalMs: expect.any(Number),
      code: 1,
      outcome: 'failed',
      reason: 'no answer',
      tookMs: 1,
    });
  });
});

describe('drift', () => {
  it('is told once when it is seen, and again when it was gone in between', () => {
    const cluster = running();
    const { behaviours } = cluster.host('n1');
    const look = (drift?: string) => {
      behaviours.set('monitor:web', { outcome: { kind: 'running', ...(drift === undefined ? {} : { drift }) } });
      cluster.put('n1', { kind: 'nudged', resource: 'web' });
      cluster.run(100);
    };
    look('enabled at boot');
    look('enabled at boot');
    expect(told(cluster)).toEqual(['n1 drift warning: web: enabled at boot on n1']);
    look();
    look('enabled at boot');
    expect(told(cluster)).toHaveLength(2);
  });

  it('of what is gone is told beside the failure', () => {
    const cluster = running();
    cluster
      .host('n1')
      .behaviours.set('monitor:web', { outcome: { kind: 'stopped', drift: 'taken away by somebody else' } });
    cluster.put('n1', { kind: 'nudged', resource: 'web' });
    cluster.run(5);
    expect(cluster.host('n1').told.map(({ event }) => event)).toEqual(['failure', 'drift']);
  });

  it('of what runs without a lease is told by the node where it runs', () => {
    const cluster = running();
    cluster.mayHaveTwo = true;
    cluster.host('n2').kill();
    cluster.host('n2').running.add('web');
    cluster.host('n2').kept.clear();
    cluster.start('n2');
    cluster.until('n2 tells', () => cluster.host('n2').told.length > 0, 20_000);
    expect(told(cluster)).toEqual(['n2 drift warning: web: running without a lease on n2']);
  });
});

describe('a spec that is not applied', () => {
  it('is told by the node whose file it is, once for each wrong text', () => {
    const cluster = running();
    cluster.edit('n3', 'nonsense');
    cluster.run(3000);
    expect(told(cluster)).toEqual([expect.stringMatching(/^n3 spec warning: n3: .*test\.yaml:1:1: it is not valid/)]);
    cluster.edit('n3', WISH);
    cluster.run(3000);
    cluster.edit('n3', 'nonsense');
    cluster.run(3000);
    expect(told(cluster)).toHaveLength(2);
  });
});

describe('fencing', () => {
  it('is told by who did it, and what failed as well', () => {
    const cluster = FencedCluster.start({ more: { alerts: { ops: ['fencing'] } } });
    cluster.runs('db', 'n1');
    cluster.fail('pdu off n1', 1);
    cluster.isolate('n1');
    cluster.runs('db', 'n2');
    expect(told(cluster).map((each) => each.replace(/n[23]/g, 'nX'))).toEqual([
      expect.stringMatching(/^nX fencing error: n1 could not be fenced by nX, and it is tried again: pdu: no answer/),
      'nX fencing warning: n1 was fenced by nX (pdu)',
    ]);
  });
});

describe('receivers', () => {
  it('are told only what they want to know', () => {
    const cluster = running({ ...WISH, alerts: { ops: ['failover'] } });
    cluster.host('n1').reset();
    settle(cluster, 'n2');
    cluster.run(1000);
    expect(told(cluster)).toHaveLength(1);
  });

  it('that leave the spec take along what is said of them', () => {
    const cluster = running();
    const { conditions } = cluster.mind('n1');
    for (const subject of ['ops', 'gone']) {
      const sentence = `${subject} does not answer`;
      setCondition(conditions, { kind: 'alert-undelivered', subject, severity: 'warning', sentence, nowMs: 0 });
    }
    cluster.edit('n1', { ...WISH, alerts: { ops: ['failover'], other: ['node'] } });
    cluster.run(1000);
    const kinds = describeMind(cluster.mind('n1'), cluster.time, '').conditions.map(({ sentence }) => sentence);
    expect(kinds).toEqual(['ops does not answer']);
  });
});
