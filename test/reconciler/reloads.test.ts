import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/model/operation.js';
import { storeFailed } from '../../src/reconciler/save.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const broken: Outcome = { kind: 'failed', reason: 'no such signal', class: 'soft', code: 1 };

/** A group of one OCF resource on n1, whose agents take over another level while it runs on. */
function app(params: Readonly<Record<string, string>>, type = 'ocf:test:app'): SpecWish {
  return { groups: { app: { prefer: ['n1'] } }, resources: { app: { type, params } } };
}

const FIRST = app({ level: '1', port: '1' });
const RELOADED = app({ level: '2', port: '1' });
const RESTARTED = app({ level: '1', port: '2' });

/** A cluster in which n1 runs it with the first parameters, from now on with the calls of n1 noted. */
function withFirst(wish = FIRST): Cluster {
  const cluster = Cluster.begin(wish);
  for (const host of cluster.hosts.values()) host.reloadable.add('level');
  cluster.until('it is up', () => cluster.whereRuns('app').length > 0);
  cluster.run(300);
  cluster.host('n1').calls.length = 0;
  return cluster;
}

/** With what n1 really runs it. */
function runningWith(cluster: Cluster): unknown[] {
  return [...(cluster.host('n1').runningWith.get('app') ?? [])].map((each) => JSON.parse(each));
}

/** Gives n1 another spec and lets a while pass. Returns what its agents were asked for. */
function callsAfter(cluster: Cluster, wish: SpecWish): readonly string[] {
  cluster.edit('n1', wish);
  cluster.run(2000);
  return cluster.host('n1').calls;
}

/** What n1 keeps of what it runs, as levels. */
function keptLevels(cluster: Cluster): unknown[] {
  return JSON.parse(cluster.host('n1').kept.get('running.json') ?? '[]').map(
    (each: { params: { level: string } }) => each.params.level,
  );
}

/** Kills the daemon of n1 in the midst of a reload that has taken effect, and starts it again by a spec. Shape: `found` is how a look finds it, by level; empty where it looks the same with any. */
function dieInTheMidst(cluster: Cluster, then: SpecWish, found: readonly string[]): void {
  const host = cluster.host('n1');
  host.behaviours.set('reload:app', { never: true });
  cluster.edit('n1', RELOADED);
  cluster.until('the reload began', () => host.calls.includes('reload app'));
  host.kill();
  host.behaviours.clear();
  host.runningWith.set('app', new Set(found.map((level) => JSON.stringify({ level, port: '1' }))));
  host.calls.length = 0;
  cluster.edit('n2', then);
  cluster.run(50);
  cluster.start('n1', then);
  cluster.run(2000);
}

/** What is looked for before it is started again: that it is not there as the reload would have had it, and not as the spec has it. */
function looks(level: string): readonly string[] {
  return level === '2' ? ['probe app'] : ['probe app', 'probe app'];
}

describe('what runs and whose parameters the spec changes', () => {
  it('takes over those that its agent can reload, without a stop', () => {
    const cluster = withFirst();
    expect(callsAfter(cluster, RELOADED)).toEqual(['compare app', 'reload app']);
    expect(runningWith(cluster)).toEqual([{ level: '2', port: '1' }]);
    expect(cluster.mind('n1').plan?.actions).toEqual([]);
  });

  it('is looked at after a reload', () => {
    const cluster = withFirst();
    cluster.edit('n1', RELOADED);
    cluster.until('it was reloaded', () => cluster.host('n1').said.includes('info: app reloaded'));
    expect(cluster.mind('n1').lives.get('app')?.operation?.action).toBe('monitor');
  });

  it('is restarted for those that its agent cannot reload', () => {
    const cluster = withFirst();
    expect(callsAfter(cluster, RESTARTED)).toEqual(['compare app', 'stop app', 'start app']);
    expect(runningWith(cluster)).toEqual([{ level: '1', port: '2' }]);
  });

  it('is restarted when those that can be reloaded are not all that changed', () => {
    const cluster = withFirst();
    const calls = callsAfter(cluster, app({ level: '2', port: '2' }));
    expect(calls).toEqual(['compare app', 'stop app', 'start app']);
  });

  it.each(['systemd:app', 'script'])('is restarted at once when it is no OCF resource but %s', (type) => {
    const cluster = withFirst(app({ level: '1' }, type));
    expect(callsAfter(cluster, app({ level: '2' }, type))).toEqual(['stop app', 'start app']);
  });

  it('is restarted when it has another type now', () => {
    const cluster = withFirst();
    expect(callsAfter(cluster, app({ level: '2', port: '1' }, 'ocf:test:other'))).toEqual(['stop app', 'start app']);
  });

  it('is restarted when the reload fails, which is no failure of it', () => {
    const cluster = withFirst();
    cluster.host('n1').behaviours.set('reload:app', { outcome: broken });
    const calls = callsAfter(cluster, RELOADED);
    // Whether it runs as the reload would have had it is found out before it is started (S7).
    expect(calls).toEqual(['compare app', 'reload app', 'stop app', 'probe app', 'start app']);
    expect(runningWith(cluster)).toEqual([{ level: '2', port: '1' }]);
    expect(cluster.mind('n1').lives.get('app')?.failures).toEqual([]);
    expect(cluster.host('n1').said).toContain('warn: app: reload failed: no such signal; it is restarted instead');
  });

  it('is restarted when the reload hangs', () => {
    const cluster = withFirst();
    cluster.host('n1').behaviours.set('reload:app', { never: true });
    expect(callsAfter(cluster, RELOADED)).toEqual(['compare app', 'reload app', 'stop app', 'probe app', 'start app']);
  });

  it('S7 is stopped also as a reload left it that failed', () => {
    const cluster = withFirst();
    const host = cluster.host('n1');
    host.behaviours.set('reload:app', { takesMs: 50, outcome: broken });
    cluster.edit('n1', RELOADED);
    cluster.until('the reload began', () => host.calls.includes('reload app'));
    host.runningWith.set('app', new Set([JSON.stringify({ level: '2', port: '1' })]));
    cluster.edit('n1', RESTARTED);
    cluster.run(2000);
    expect(host.calls.slice(2)).toEqual(['stop app', 'probe app', 'compare app', 'stop app', 'start app']);
    expect(runningWith(cluster)).toEqual([{ level: '1', port: '2' }]);
  });

  it('is reloaded back when the spec goes back while it is being reloaded', () => {
    const cluster = withFirst();
    const host = cluster.host('n1');
    host.behaviours.set('reload:app', { takesMs: 100 });
    cluster.edit('n1', RELOADED);
    cluster.until('the reload began', () => host.calls.includes('reload app'));
    expect(callsAfter(cluster, FIRST)).toEqual(['compare app', 'reload app', 'compare app', 'reload app']);
    expect(runningWith(cluster)).toEqual([{ level: '1', port: '1' }]);
  });

  it('is as the newest spec says when its agent answers after that came', () => {
    const cluster = withFirst();
    cluster.host('n1').compareTakesMs = 100;
    cluster.edit('n1', RELOADED);
    cluster.until('its agent is asked', () => cluster.host('n1').calls.includes('compare app'));
    expect(callsAfter(cluster, RESTARTED)).toEqual(['compare app', 'compare app', 'stop app', 'start app']);
  });

  it('is waited for while its agent is being asked', () => {
    const cluster = withFirst();
    cluster.host('n1').compareTakesMs = 500;
    cluster.edit('n1', RELOADED);
    cluster.run(300);
    expect(cluster.mind('n1').plan?.actions.map(({ id }) => id)).toEqual(['reload:app@n1']);
    expect(cluster.host('n1').calls).toEqual(['compare app']);
  });

  it('is one of the starts that a node may have under way at once', () => {
    const resources = (level: string) =>
      Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { type: 'ocf:test:app', params: { level } }]));
    const wish = (level: string): SpecWish => {
      const groups = Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { prefer: ['n1'] }]));
      return { groups, resources: resources(level), startsPerNodeMax: 2 };
    };
    const cluster = Cluster.begin(wish('1'));
    const host = cluster.host('n1');
    host.reloadable.add('level');
    for (const id of ['a', 'b', 'c']) host.behaviours.set(`reload:${id}`, { takesMs: 100 });
    cluster.until('all are up', () => host.running.size === 3);
    cluster.run(300);
    cluster.edit('n1', wish('2'));
    cluster.until('reloads began', () => host.calls.includes('reload a'));
    cluster.run(50);
    expect(host.underWay.filter(({ operation }) => operation.action === 'reload')).toHaveLength(2);
    cluster.run(1000);
    expect(host.calls.filter((each) => each.startsWith('reload'))).toEqual(['reload a', 'reload b', 'reload c']);
  });

  it('S2 is not reloaded without a lease', () => {
    const cluster = withFirst();
    cluster.host('n1').compareTakesMs = 1500;
    cluster.edit('n1', RELOADED);
    cluster.until('its agent is asked', () => cluster.host('n1').calls.includes('compare app'));
    cluster.isolate('n1');
    cluster.run(3000);
    expect(cluster.host('n1').calls).toEqual(['compare app', 'stop app']);
  });

  it('S4 is kept with both definitions before the reload begins, and with the new one after it', () => {
    const cluster = withFirst();
    cluster.host('n1').behaviours.set('reload:app', { takesMs: 100 });
    expect(keptLevels(cluster)).toEqual(['1']);
    cluster.edit('n1', RELOADED);
    cluster.until('the reload began', () => cluster.host('n1').calls.includes('reload app'));
    expect(keptLevels(cluster)).toEqual(['2', '1']);
    cluster.run(1000);
    expect(keptLevels(cluster)).toEqual(['2']);
  });

  it('R13 is stopped by the guard with either definition while it is being reloaded', () => {
    const cluster = withFirst();
    cluster.host('n1').behaviours.set('reload:app', { takesMs: 100 });
    cluster.edit('n1', RELOADED);
    cluster.until('the reload began', () => cluster.host('n1').calls.includes('reload app'));
    const ordered = () => {
      const [lease] = JSON.parse(cluster.host('n1').kept.get('guard.json') ?? '{}').leases;
      return lease.stops.map((each: { params: { level: string } }) => each.params.level);
    };
    expect(ordered()).toEqual(['1', '2']);
    cluster.run(1000);
    expect(ordered()).toEqual(['2']);
  });

  it.each([
    ['goes on to be wanted so', RELOADED, '2'],
    ['is wanted as it was before', FIRST, '1'],
  ])('S4 is restarted by the daemon after one that died in the midst of a reload, where it %s', (_, then, level) => {
    const cluster = withFirst();
    dieInTheMidst(cluster, then, []);
    expect(runningWith(cluster)).toEqual([{ level, port: '1' }]);
    expect(cluster.host('n1').calls).toEqual(['probe app', 'stop app', ...looks(level), 'start app']);
    expect(keptLevels(cluster)).toEqual([level]);
  });

  it.each([
    ['goes on to be wanted so', RELOADED, '2', []],
    ['is wanted as it was before', FIRST, '1', ['compare app', 'reload app']],
  ])('S7 is found as such a reload left it, by an agent that tells it, where it %s', (_, then, level, calls) => {
    const cluster = withFirst();
    dieInTheMidst(cluster, then, ['2']);
    expect(runningWith(cluster)).toEqual([{ level, port: '1' }]);
    expect(cluster.host('n1').calls).toEqual(['probe app', 'probe app', ...calls]);
    expect(keptLevels(cluster)).toEqual([level]);
  });

  it('is known to run with its new parameters by a daemon that starts again after a reload', () => {
    const cluster = withFirst();
    callsAfter(cluster, RELOADED);
    const host = cluster.host('n1');
    host.kill();
    host.calls.length = 0;
    cluster.run(50);
    cluster.start('n1');
    cluster.run(2000);
    expect(host.calls).toEqual(['probe app']);
  });

  it('S4 is kept with both definitions anew when that could not be kept', () => {
    const cluster = withFirst();
    const host = cluster.host('n1');
    host.behaviours.set('reload:app', { takesMs: 700 });
    cluster.edit('n1', RELOADED);
    cluster.until('the reload began', () => host.calls.includes('reload app'));
    host.kept.delete('running.json');
    storeFailed(cluster.mind('n1'), { name: 'running.json', isNeeded: true, cause: 'no space', nowMs: cluster.nowMs });
    cluster.run(300);
    expect(keptLevels(cluster)).toEqual(['2', '1']);
  });
});
