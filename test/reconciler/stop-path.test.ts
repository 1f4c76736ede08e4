import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/model/operation.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const busy: Outcome = { kind: 'failed', reason: 'device is busy', class: 'soft', code: 1 };

/** Two members that can be killed without their agents. */
const killable: SpecWish = {
  groups: { web: { members: ['vip', 'nginx'], prefer: ['n1'], stopBudgetMs: 500 } },
  resources: { vip: { type: 'builtin:noop' }, nginx: { type: 'builtin:noop' } },
};

/** Two members that only their agents can end. */
const stubborn: SpecWish = { groups: { web: { members: ['vip', 'nginx'], prefer: ['n1'], stopBudgetMs: 500 } } };

/** A cluster whose owner n1 was just cut off, and when its lease ends. */
function cutOff(wish: SpecWish): { readonly cluster: Cluster; readonly validUntilMs: number } {
  const cluster = Cluster.begin(wish);
  cluster.until('web runs', () => cluster.whereRuns('nginx').length > 0);
  cluster.run(500);
  cluster.isolate('n1');
  cluster.run(5);
  return { cluster, validUntilMs: cluster.mind('n1').holder.held.get('web')?.validUntilMs ?? 0 };
}

/** The calls of n1 from the end of its lease on, each with the time since then. */
function callsAfter(cluster: Cluster, untilMs: number): string[] {
  const { calls } = cluster.host('n1');
  const out: string[] = [];
  let seen = calls.length;
  const endMs = cluster.nowMs + untilMs;
  while (cluster.nowMs < endMs) {
    cluster.run(1);
    for (; seen < calls.length; seen++) out.push(`${cluster.nowMs} ${calls[seen]}`);
  }
  return out;
}

describe('R9 the way down of a lapsed lease', () => {
  it('begins at the end of the lease and goes in reverse order', () => {
    const { cluster, validUntilMs } = cutOff(killable);
    expect(callsAfter(cluster, 1500)).toEqual([`${validUntilMs} stop nginx`, `${validUntilMs + 10} stop vip`]);
  });

  it('ends what hangs by its kill path, in the last half of the budget, all at once', () => {
    const { cluster, validUntilMs } = cutOff(killable);
    cluster.host('n1').behaviours.set('stop:nginx', { never: true });
    const killMs = validUntilMs + 250;
    expect(callsAfter(cluster, 2000)).toEqual([
      `${validUntilMs} stop nginx`,
      `${killMs} kill vip`,
      `${killMs} kill nginx`,
    ]);
    expect(cluster.whereRuns('nginx')).toEqual(['n2']);
  });

  it('gives a kill the time that it needs, however short the budget is, so that it ends some time', () => {
    const { groups, ...rest } = killable;
    const { cluster } = cutOff({ ...rest, groups: { web: { ...groups.web, stopBudgetMs: 100 } } });
    cluster.mayHaveTwo = true;
    for (const resource of ['vip', 'nginx'])
      cluster.host('n1').behaviours.set(`stop:${resource}`, { never: true }).set(`kill:${resource}`, { takesMs: 150 });
    cluster.run(2500);
    expect(cluster.mind('n1').holder.held.has('web')).toBe(false);
    expect(cluster.whereRuns('nginx')).toEqual(['n2']);
  });

  it('takes a start that is under way with it', () => {
    const cluster = Cluster.begin(killable);
    cluster.host('n1').behaviours.set('start:nginx', { never: true });
    cluster.until('nginx is being started', () => cluster.host('n1').calls.includes('start nginx'));
    cluster.isolate('n1');
    cluster.until('n2 took over', () => cluster.whereRuns('nginx').includes('n2'), 4000);
    expect(cluster.host('n1').calls.slice(-2)).toEqual(['stop nginx', 'stop vip']);
  });

  it('S3 releases nothing while anything may still run, and tries again and again', () => {
    const { cluster } = cutOff(stubborn);
    cluster.host('n1').behaviours.set('stop:vip', { outcome: busy });
    // Without a kill path and without fencing, nothing but its own agent ends it: others may take over meanwhile.
    cluster.mayHaveTwo = true;
    cluster.run(4000);
    expect(cluster.mind('n1').holder.held.get('web')?.state).toBe('lapsed');
    expect(cluster.host('n1').calls.filter((call) => call === 'stop vip').length).toBeGreaterThan(5);
    cluster.host('n1').behaviours.clear();
    cluster.run(1000);
    expect(cluster.mind('n1').holder.held.has('web')).toBe(false);
    expect(cluster.whereRuns('vip')).toEqual(['n2']);
  });

  it('comes to rest between two tries of an agent that fails at once', () => {
    const { cluster } = cutOff(killable);
    cluster.mayHaveTwo = true;
    for (const action of ['stop', 'kill']) {
      cluster.host('n1').behaviours.set(`${action}:vip`, { outcome: busy, takesMs: 0 });
      cluster.host('n1').behaviours.set(`${action}:nginx`, { outcome: busy, takesMs: 0 });
    }
    cluster.run(4000);
    expect(cluster.host('n1').calls.length).toBeLessThan(80);
  });

  it('goes on when the majority is back, since there is no way back for the lease (R8)', () => {
    const { cluster } = cutOff(killable);
    cluster.host('n1').behaviours.set('stop:nginx', { takesMs: 200 });
    cluster.until('the lease lapsed', () => cluster.mind('n1').holder.held.get('web')?.state === 'lapsed');
    cluster.cut.clear();
    cluster.until('everything is down', () => cluster.whereRuns('vip').length === 0, 300);
    cluster.until('web runs again', () => cluster.whereRuns('nginx').length === 1, 1000);
  });
});

describe('a daemon that finds its lease lapsed when it starts', () => {
  it('stops what runs, also while it does not know yet whether it runs (S7), and then releases', () => {
    const cluster = Cluster.begin(killable);
    cluster.until('web runs', () => cluster.whereRuns('nginx').length > 0);
    cluster.run(300);
    cluster.host('n1').kill();
    cluster.run(1300);
    const before = cluster.host('n1').calls.length;
    cluster.start('n1');
    cluster.run(300);
    const calls = cluster
      .host('n1')
      .calls.slice(before)
      .filter((call) => !call.startsWith('probe'));
    expect(calls.slice(0, 2).sort()).toEqual(['kill nginx', 'kill vip']);
    cluster.until('web runs', () => cluster.whereRuns('nginx').length > 0, 2000);
  });

  it('also stops what the spec in force no longer has', () => {
    const cluster = Cluster.begin({
      groups: { ...killable.groups, db: { prefer: ['n2'] } },
      resources: killable.resources ?? {},
    });
    cluster.until('all run', () => cluster.whereRuns('nginx').length > 0 && cluster.whereRuns('db').length > 0);
    cluster.host('n1').behaviours.set('stop:nginx', { never: true });
    cluster.edit('n1', { groups: { db: { prefer: ['n2'] } } });
    cluster.run(20);
    cluster.host('n1').kill();
    cluster.host('n1').behaviours.clear();
    cluster.run(200);
    cluster.start('n1');
    cluster.run(4000);
    expect(cluster.whereRuns('nginx')).toEqual([]);
    expect(cluster.whereRuns('vip')).toEqual([]);
  });
});
