import { describe, expect, it } from 'vitest';
import type { OnFail } from '../../src/model/cluster-spec.js';
import { jsonSize } from '../../src/base/json-size.js';
import { limits } from '../../src/model/limits.js';
import type { Outcome } from '../../src/model/operation.js';
import { dueMonitor, monitorBegun } from '../../src/lifecycle/monitors.js';
import { observeLife } from '../../src/lifecycle/observe-life.js';
import { finishOperation } from '../../src/lifecycle/finish-operation.js';
import {
  beginOperation,
  definitionOf,
  forgetFailures,
  lifeDeadlineMs,
  redefineLife,
  retry,
} from '../../src/lifecycle/resource-life.js';
import { POLICY, failed, lifeIn, operationOf, resource, run } from './resources.js';

const answers = (life: ReturnType<typeof lifeIn>) => {
  const { banned, blocked, halted } = observeLife(life, 'lb1', 0);
  return [...(banned ? ['banned'] : []), ...(blocked ? ['blocked'] : []), ...(halted === true ? ['halted'] : [])];
};

describe('the ladder of failures', () => {
  it('allows so many restarts within so long, and the next failure does what comes then', () => {
    const life = lifeIn('running');
    for (const atMs of [0, 100]) {
      run(life, 'monitor', failed(), atMs);
      expect(answers(life)).toEqual([]);
    }
    const lesson = run(life, 'monitor', failed(), 200);
    expect(answers(life)).toEqual(['banned']);
    expect(lesson).toEqual({
      level: 'error',
      sentence:
        'nginx: monitor failed: no route; it is not run here until 10m after its last failure, unless its parameters change in the spec or `fairlead retry nginx` forgets it',
    });
  });

  it('does not count failures that lie further back', () => {
    const life = lifeIn('running');
    for (let atMs = 0; atMs < 10 * POLICY.withinMs; atMs += POLICY.withinMs / 2) run(life, 'monitor', failed(), atMs);
    expect(answers(life)).toEqual([]);
  });

  it.each([
    ['move', 'banned'],
    ['stop', 'halted'],
    ['block', 'blocked'],
  ] as const)('ends in what the policy says: %s', (then, answer) => {
    const life = lifeIn('running', {}, { restarts: 0, then });
    run(life, 'monitor', failed(), 0);
    expect(answers(life)).toEqual([answer]);
  });

  it.each<[OnFail, readonly string[]]>([
    ['ignore', []],
    ['restart', []],
    ['move', ['banned']],
    ['standby', ['banned']],
    ['stop', ['halted']],
    ['block', ['blocked']],
    ['fence', ['blocked']],
  ])('is short when the resource says so: onFail.start: %s', (start, expected) => {
    const life = lifeIn('stopped', { onFail: { monitor: 'restart', start, stop: 'block' } });
    run(life, 'start', failed(), 0);
    expect(answers(life)).toEqual(expected);
  });

  it('a monitor that fails and is ignored changes nothing', () => {
    const life = lifeIn('running', { onFail: { monitor: 'ignore', start: 'restart', stop: 'block' } });
    expect(run(life, 'monitor', failed(), 0)?.level).toBe('warn');
    expect([life.state, life.failures.length]).toEqual(['running', 0]);
  });

  it.each(['node', 'fatal'] as const)('a start that no retry can help leaves the node at once: class %s', (kind) => {
    const life = lifeIn('stopped');
    run(life, 'start', { kind: 'failed', reason: 'not installed', class: kind, code: 5 }, 0);
    expect(answers(life)).toEqual(['banned']);
  });

  it('S3 a stop that failed blocks, whatever the resource says', () => {
    for (const stop of ['ignore', 'restart', 'move', 'stop', 'block', 'fence'] as const) {
      const life = lifeIn('running', { onFail: { monitor: 'restart', start: 'restart', stop } });
      run(life, 'stop', failed(), 0);
      expect(answers(life)).toEqual(['blocked']);
    }
  });

  it('a monitor that finds it stopped after all ends the block, and is no failure', () => {
    const life = lifeIn('running');
    run(life, 'stop', failed(), 0);
    const lesson = run(life, 'monitor', { kind: 'stopped' }, 10);
    expect([answers(life), life.state, life.failures.length]).toEqual([[], 'stopped', 1]);
    expect(lesson?.level).toBe('info');
  });

  it('a monitor that may block is not taken for the proof of a stop', () => {
    const life = lifeIn('running', { onFail: { monitor: 'block', start: 'restart', stop: 'block' } });
    run(life, 'monitor', failed(), 0);
    run(life, 'monitor', { kind: 'stopped' }, 10);
    expect(answers(life)).toEqual(['blocked']);
  });

  it('a stop that succeeds after all ends the block', () => {
    const life = lifeIn('running');
    run(life, 'stop', failed(), 0);
    run(life, 'kill', { kind: 'done' }, 10);
    expect(answers(life)).toEqual([]);
  });

  it('keeps no more failures and no longer reasons than the limits', () => {
    const life = lifeIn('running', {}, { restarts: 1000 });
    for (let i = 0; i < 50; i++) run(life, 'monitor', failed('x'.repeat(1000)), i);
    expect(life.failures).toHaveLength(limits.failuresPerResourceMax);
    expect(observeLife(life, 'lb1', 50).reason?.length).toBe(limits.reasonLengthMax);
  });

  it('makes room for drift beside a reason, so that both together fit the record as the longest reason alone does', () => {
    const life = lifeIn('running');
    run(life, 'monitor', failed('x'.repeat(1000)), 0);
    const alone = jsonSize(observeLife(life, 'lb1', 50));
    life.state = 'stopped';
    run(life, 'start', { kind: 'done', drift: 'd'.repeat(1000) }, 10);
    const seen = observeLife(life, 'lb1', 50);
    expect(seen.drift).toHaveLength(limits.driftLengthMax);
    expect(jsonSize({ ...seen, state: 'failed', startTookMs: undefined })).toBe(alone);
  });
});

describe('what is told of a failure that goes on', () => {
  const levels = (life: ReturnType<typeof lifeIn>, outcomes: readonly Outcome[]) =>
    outcomes.map((outcome, times) => run(life, 'monitor', outcome, times * 3000)?.level ?? 'nothing');
  const blocked = () => lifeIn('running', { onFail: { monitor: 'block', start: 'restart', stop: 'block' } });

  it('is its sentence once, and again when the reason changes or it was well in between; it counts each time', () => {
    const life = blocked();
    const outcomes = [failed(), failed(), failed('no disk'), failed('no disk'), { kind: 'running' }, failed('no disk')];
    expect(levels(life, outcomes as Outcome[])).toEqual(['error', 'debug', 'error', 'debug', 'nothing', 'error']);
    expect(observeLife(life, 'lb1', 0)).toMatchObject({ failures: 5, blocked: true });
  });

  it('is its sentence again after a retry', () => {
    const life = blocked();
    expect(levels(life, [failed(), failed()])).toEqual(['error', 'debug']);
    retry(life, 9000);
    run(life, 'probe', failed(), 9000);
    expect(levels(life, [failed()])).toEqual(['error']);
  });

  it('is the same of a monitor that is ignored, and of a look that finds nothing out', () => {
    const ignored = lifeIn('running', { onFail: { monitor: 'ignore', start: 'restart', stop: 'block' } });
    expect(levels(ignored, [failed(), failed()])).toEqual(['warn', 'debug']);
    const unknown: Outcome = { kind: 'unknown', reason: 'no bus' };
    expect(levels(lifeIn('running'), [unknown, unknown])).toEqual(['warn', 'debug']);
    const life = lifeIn('unknown');
    expect([0, 2000].map((atMs) => run(life, 'probe', unknown, atMs)?.level)).toEqual(['warn', 'debug']);
  });

  it('is each failure that is answered by a restart', () => {
    expect(levels(lifeIn('running'), [failed(), failed()])).toEqual(['warn', 'warn']);
  });
});

describe('the back-off of starts', () => {
  it('doubles with each failure, up to half a minute', () => {
    const life = lifeIn('stopped', {}, { restarts: 1000, withinMs: 1 });
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      run(life, 'start', failed(), 1000 * i);
      waits.push(life.backOffUntilMs - 1000 * i);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is shown as long as it lasts', () => {
    const life = lifeIn('stopped');
    run(life, 'start', failed(), 0);
    expect(observeLife(life, 'lb1', 499).backingOff).toBe(true);
    expect(observeLife(life, 'lb1', 500).backingOff).toBeUndefined();
  });
});

describe('what ends failures', () => {
  it('is their age', () => {
    const life = lifeIn('running', {}, { restarts: 0 });
    run(life, 'monitor', failed(), 0);
    expect(forgetFailures(life, POLICY.forgetAfterMs - 1)).toBe(false);
    expect(forgetFailures(life, POLICY.forgetAfterMs)).toBe(true);
    expect([answers(life), life.failures]).toEqual([[], []]);
    expect(forgetFailures(life, POLICY.forgetAfterMs)).toBe(false);
  });

  it('is not their age while a failed stop blocks: only a person knows what runs there', () => {
    const life = lifeIn('running');
    run(life, 'stop', failed(), 0);
    expect(forgetFailures(life, 10 * POLICY.forgetAfterMs)).toBe(false);
    expect(answers(life)).toEqual(['blocked']);
  });

  it('is a retry, after which it is looked at anew and not taken for stopped', () => {
    const life = lifeIn('running');
    run(life, 'stop', failed(), 0);
    retry(life, 10);
    expect([life.state, life.probeAtMs, answers(life)]).toEqual(['unknown', 10, []]);
  });

  it('is nothing for what runs and has not failed: it is not in doubt', () => {
    const life = lifeIn('running');
    retry(life, 10);
    expect(life.state).toBe('running');
    run(life, 'monitor', failed(), 20);
    run(life, 'start', { kind: 'done' }, 30);
    retry(life, 40);
    expect([life.state, life.failures]).toEqual(['unknown', []]);
  });
});

describe('monitors', () => {
  const two = [
    { everyMs: 10_000, timeoutMs: 1000, depth: 0 },
    { everyMs: 60_000, timeoutMs: 1000, depth: 10 },
  ];

  it('fall due an interval after the resource was found running', () => {
    const life = lifeIn('running', { monitors: two });
    expect(dueMonitor(life, 9999)).toBeNull();
    expect(dueMonitor(life, 10_000)).toBe(0);
    monitorBegun(life, 0, 10_000);
    expect(life.monitorAtMs).toEqual([20_000, 60_000]);
  });

  it('wait for the operation that is under way', () => {
    const life = lifeIn('running');
    beginOperation(life, operationOf(life, 'monitor'), 0);
    expect(dueMonitor(life, 99_999)).toBeNull();
  });

  it('follow a new spec at once: one that was added, one that became quicker, one that went', () => {
    const life = lifeIn('running', { monitors: [] });
    redefineLife(life, { resource: resource({ monitors: two }), policy: POLICY }, 1000);
    expect(life.monitorAtMs).toEqual([11_000, 61_000]);
    const quicker = [{ everyMs: 2000, timeoutMs: 1000, depth: 0 }];
    redefineLife(life, { resource: resource({ monitors: quicker }), policy: POLICY }, 5000);
    expect(life.monitorAtMs).toEqual([7000]);
  });

  it('of a resource that does not run begin with its next start', () => {
    const life = lifeIn('stopped', { monitors: [] });
    redefineLife(life, { resource: resource({ monitors: two }), policy: POLICY }, 1000);
    expect(life.monitorAtMs).toEqual([]);
  });
});

describe('when a life next needs the clock', () => {
  it('is never a time that has come already', () => {
    const life = lifeIn('running', {}, { restarts: 0 });
    run(life, 'monitor', failed(), 0);
    for (let nowMs = 0; nowMs < 2 * POLICY.forgetAfterMs; nowMs += 777) {
      expect(lifeDeadlineMs(life, nowMs)).toBeGreaterThan(nowMs);
    }
  });

  it('is the first of monitor, repeated probe, end of back-off and age of failures', () => {
    expect(lifeDeadlineMs(lifeIn('running'), 0)).toBe(10_000);
    expect(lifeDeadlineMs(lifeIn('stopped'), 0)).toBe(Number.POSITIVE_INFINITY);
    const unsure = lifeIn('unknown');
    run(unsure, 'probe', { kind: 'unknown', reason: 'x' }, 0);
    expect(lifeDeadlineMs(unsure, 0)).toBe(2000);
    const broken = lifeIn('stopped');
    run(broken, 'start', failed(), 0);
    expect(lifeDeadlineMs(broken, 0)).toBe(500);
    expect(lifeDeadlineMs(broken, 500)).toBe(POLICY.forgetAfterMs);
  });
});

describe('a changed spec', () => {
  const mended = { resource: resource({ params: { start: 'nginx -t' } }), policy: POLICY };

  it('has failures forgotten that were of other parameters or of another agent', () => {
    for (const changed of [mended.resource, resource({ type: 'systemd:nginx', params: {} })]) {
      const life = lifeIn('stopped', {}, { restarts: 0 });
      run(life, 'start', { kind: 'failed', reason: 'no such file', class: 'fatal', code: 6 }, 100);
      expect(answers(life)).toEqual(['banned']);
      redefineLife(life, { resource: changed, policy: POLICY }, 200);
      expect(answers(life)).toEqual([]);
      expect(observeLife(life, 'lb1', 200)).toMatchObject({ failures: 0 });
      expect(observeLife(life, 'lb1', 200).backingOff).toBeUndefined();
    }
  });

  it('does not count the failure of a start that began before it', () => {
    const life = lifeIn('stopped', {}, { restarts: 0 });
    const start = operationOf(life, 'start');
    beginOperation(life, start, 100);
    redefineLife(life, mended, 200);
    const lesson = finishOperation(life, start, failed(), 300);
    expect(lesson?.sentence).toBe('nginx: start failed: no route; by now the spec has other parameters');
    expect(answers(life)).toEqual([]);
    // What it left behind is stopped as it was started.
    expect(observeLife(life, 'lb1', 300)).toMatchObject({ failures: 0, state: 'failed' });
    expect(definitionOf(life)).toBe(start.resource);
  });

  it('that has the same parameters leaves failures as they are', () => {
    const life = lifeIn('stopped', {}, { restarts: 0 });
    run(life, 'start', failed(), 100);
    redefineLife(life, { resource: resource({ monitors: [] }), policy: POLICY }, 200);
    expect(answers(life)).toEqual(['banned']);
  });

  it('proves nothing of what a failed stop left', () => {
    const life = lifeIn('running');
    run(life, 'stop', failed(), 100);
    redefineLife(life, mended, 200);
    expect(answers(life)).toEqual(['blocked']);
    expect(observeLife(life, 'lb1', 200)).toMatchObject({ failures: 1, state: 'failed' });
  });
});
