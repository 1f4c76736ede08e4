import { describe, expect, it } from 'vitest';
import type { CheckResult, CheckSpec } from '../../src/model/check.js';
import { beginCheckRound, beginCheckWatch, finishCheckRound, isCheckDue } from '../../src/lifecycle/check-watch.js';
import { dueChecks, finishCheck } from '../../src/lifecycle/resource-checks.js';
import { finishOperation } from '../../src/lifecycle/finish-operation.js';
import type { Lesson, ResourceLife } from '../../src/lifecycle/resource-life.js';
import { beginOperation, lifeDeadlineMs, redefineLife } from '../../src/lifecycle/resource-life.js';
import { failed, lifeIn, operationOf, POLICY, resource, run } from './resources.js';

const place = { file: 'test.yaml', line: 1, column: 1 };

function checkOf(overrides: Partial<CheckSpec> = {}): CheckSpec {
  const probe = { kind: 'process', name: 'nginx' } as const;
  return { id: 'web', probe, everyMs: 1000, timeoutMs: 500, rise: 2, fall: 3, place, ...overrides };
}

const results: Readonly<Record<string, CheckResult>> = {
  '+': { kind: 'passed' },
  '-': { kind: 'failed', why: 'no process of "nginx" runs' },
  '?': { kind: 'unknown', why: 'no memory' },
};

/** What counts after each round. Shape: one sign a round: + passed, - failed, ? not known. */
function countsAfter(rounds: string): string {
  const watch = beginCheckWatch(checkOf(), null, 0);
  return [...rounds]
    .map((sign, number) => {
      beginCheckRound(watch, number, number * 1000);
      finishCheckRound(watch, results[sign] ?? { kind: 'passed' });
      return watch.isPassing === null ? '?' : watch.isPassing ? '+' : '-';
    })
    .join('');
}

describe('a check', () => {
  it.each([
    ['++++', '?+++'],
    ['---+++', '??--++'],
    ['+-+--+---++', '????????--+'],
  ])('counts rounds in a row: %s is %s', (rounds, counts) => {
    expect(countsAfter(rounds)).toBe(counts);
  });

  it('is neither while nothing was seen often enough, and a round that could not look counts for nothing and breaks no row', () => {
    expect(countsAfter('+-+-+-')).toBe('??????');
    expect(countsAfter('+?+--?-')).toBe('??++++-');
  });

  it('has one round at a time, an interval apart', () => {
    const watch = beginCheckWatch(checkOf(), null, 0);
    expect(isCheckDue(watch, 0)).toBe(true);
    beginCheckRound(watch, 1, 0);
    expect(isCheckDue(watch, 5000)).toBe(false);
    finishCheckRound(watch, { kind: 'passed' });
    expect([isCheckDue(watch, 999), isCheckDue(watch, 1000)]).toEqual([false, true]);
  });
});

let rounds = 0;

/** One round of every check of a life. */
function round(life: ResourceLife, sign: string, nowMs: number): Lesson | null {
  let lesson: Lesson | null = null;
  for (const watch of dueChecks(life, nowMs)) {
    rounds += 1;
    beginCheckRound(watch, rounds, nowMs);
    lesson = finishCheck(life, { round: rounds, result: results[sign] ?? { kind: 'passed' }, nowMs }) ?? lesson;
  }
  return lesson;
}

function started(spec: Parameters<typeof lifeIn>[1] = {}): ResourceLife {
  const life = lifeIn('stopped', { checks: [checkOf()], ...spec });
  run(life, 'start', { kind: 'done' }, 0);
  return life;
}

describe('a resource with a check', () => {
  it('counts as proved after its start, and is checked an interval later', () => {
    const life = started();
    expect(life.checks.map(({ isPassing }) => isPassing)).toEqual([true]);
    expect(lifeDeadlineMs(life, 0)).toBe(1000);
    expect(dueChecks(life, 999)).toEqual([]);
    expect(dueChecks(life, 1000)).toHaveLength(1);
  });

  it('fails like by its monitor when the check fails as often as it says, once', () => {
    const life = started();
    expect([1000, 2000].map((atMs) => round(life, '-', atMs))).toEqual([null, null]);
    expect(life.state).toBe('running');
    expect(round(life, '-', 3000)).toEqual({
      level: 'warn',
      sentence:
        'nginx: monitor failed: check web failed 3 times: no process of "nginx" runs; failure 1 of 2 restarts, trying again here',
    });
    expect(life.state).toBe('failed');
    expect(round(life, '-', 4000)).toBeNull();
    expect(life.failures).toHaveLength(1);
  });

  it('is not made whole by a monitor while the check fails, and works again when that passes', () => {
    const life = started();
    for (const atMs of [1000, 2000, 3000]) round(life, '-', atMs);
    run(life, 'monitor', { kind: 'running' }, 3500);
    expect(life.state).toBe('failed');
    round(life, '+', 4000);
    expect(life.state).toBe('failed');
    expect(round(life, '+', 5000)).toEqual({ level: 'info', sentence: 'check web of nginx passes' });
    expect(life.state).toBe('running');
  });

  it('is not made whole by a check while its monitor, or its stop, failed', () => {
    for (const action of ['monitor', 'stop'] as const) {
      const life = started();
      for (const atMs of [1000, 2000, 3000]) round(life, '-', atMs);
      run(life, action, failed(), 3500);
      for (const atMs of [4000, 5000]) round(life, '+', atMs);
      expect(life.state).toBe('failed');
    }
  });

  it('runs on when failures of monitors are to be ignored', () => {
    const life = started({ onFail: { monitor: 'ignore', start: 'restart', stop: 'block' } });
    const lessons = [1000, 2000, 3000].map((atMs) => round(life, '-', atMs)?.sentence);
    expect(lessons).toEqual([
      undefined,
      undefined,
      'nginx: check web failed 3 times: no process of "nginx" runs (ignored)',
    ]);
    run(life, 'monitor', { kind: 'running' }, 3500);
    expect([life.state, life.failures]).toEqual(['running', []]);
  });

  it('is not checked while it is stopped, started or looked for, and does not hear of a round from before', () => {
    const life = started();
    const [watch] = dueChecks(life, 1000);
    if (watch === undefined) throw new Error('no check is due');
    beginCheckRound(watch, 1000, 1000);
    beginOperation(life, operationOf(life, 'stop'), 1000);
    expect(dueChecks(life, 9000)).toEqual([]);
    run(life, 'stop', { kind: 'done' }, 1000);
    run(life, 'start', { kind: 'done' }, 1500);
    expect(finishCheck(life, { round: 1000, result: { kind: 'failed', why: 'gone' }, nowMs: 1600 })).toBeNull();
    expect(life.checks[0]).toMatchObject({ isPassing: true, inARow: 0 });
    const stopped = lifeIn('stopped', { checks: [checkOf()] });
    expect([stopped.checks, dueChecks(stopped, 9000)]).toEqual([[], []]);
  });

  it('hears of no round that ends in the midst of a reload: the next ones find out', () => {
    const life = started({ checks: [checkOf({ fall: 1 })] });
    const [watch] = dueChecks(life, 1000);
    if (watch === undefined) throw new Error('no check is due');
    beginCheckRound(watch, 1000, 1000);
    const reload = operationOf(life, 'reload');
    beginOperation(life, reload, 1000);
    expect(finishCheck(life, { round: 1000, result: { kind: 'failed', why: 'gone' }, nowMs: 1100 })).toBeNull();
    finishOperation(life, reload, { kind: 'done' }, 1200);
    expect(life.checks[0]).toMatchObject({ isPassing: true, inARow: 0 });
    expect(round(life, '-', 2000)?.sentence).toContain(
      'nginx: monitor failed: check web failed: no process of "nginx"',
    );
    expect([life.state, life.failures.length]).toEqual(['failed', 1]);
  });

  it('that was found running is to be proved: it fails only by rounds that fail', () => {
    const life = lifeIn('running', { checks: [checkOf()] });
    expect(life.checks[0]).toMatchObject({ isPassing: null });
    for (const atMs of [0, 1000]) round(life, '-', atMs);
    expect(life.state).toBe('running');
    round(life, '-', 2000);
    expect(life.state).toBe('failed');
  });

  it('takes on new checks while it runs, keeps what is known of the same, and begins anew with another look', () => {
    const life = started();
    const quicker = checkOf({ everyMs: 500, fall: 1 });
    const other = checkOf({ id: 'other' });
    redefineLife(life, { resource: resource({ checks: [other, quicker] }), policy: POLICY }, 100);
    expect(life.checks.map(({ isPassing, nextAtMs }) => [isPassing, nextAtMs])).toEqual([
      [null, 100],
      [true, 600],
    ]);
    const elsewhere = checkOf({ probe: { kind: 'process', name: 'apache2' } });
    redefineLife(life, { resource: resource({ checks: [elsewhere] }), policy: POLICY }, 200);
    expect(life.checks.map(({ isPassing }) => isPassing)).toEqual([null]);
  });
});
