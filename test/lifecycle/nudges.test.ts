import { describe, expect, it } from 'vitest';
import { dueMonitor, heedNudgesAgain, isNudgePending, nudge } from '../../src/lifecycle/monitors.js';
import { NUDGE_WINDOW_MS, NUDGES_MAX, POLLING_MS } from '../../src/lifecycle/nudge-limit.js';
import type { ResourceLife } from '../../src/lifecycle/resource-life.js';
import { finishOperation } from '../../src/lifecycle/finish-operation.js';
import { beginOperation } from '../../src/lifecycle/resource-life.js';
import { failed, lifeIn, operationOf, run } from './resources.js';

/** Looks as often as it is told to; returns how many looks that were. */
function nudgeAndLook(life: ResourceLife, nowMs: number): number {
  nudge(life, nowMs);
  if (dueMonitor(life, nowMs) === null) return 0;
  life.monitorAtMs = [Number.POSITIVE_INFINITY];
  run(life, 'monitor', { kind: 'running' }, nowMs);
  return 1;
}

describe('an event', () => {
  it('makes the shallowest monitor due at once, and the others not', () => {
    const monitors = [20, 0, 10].map((depth) => ({ everyMs: 10_000, timeoutMs: 1000, depth }));
    const life = lifeIn('running', { monitors });
    nudge(life, 500);
    expect(life.monitorAtMs).toEqual([10_000, 500, 10_000]);
  });

  it.each(['stopped', 'unknown'] as const)('says nothing about what is %s', (state) => {
    const life = lifeIn(state);
    nudge(life, 500);
    expect(dueMonitor(life, 99_999)).toBeNull();
  });

  it('makes nothing due where nothing monitors', () => {
    const life = lifeIn('running', { monitors: [] });
    nudge(life, 500);
    expect(dueMonitor(life, 500)).toBeNull();
  });

  it.each(['monitor', 'start'] as const)('during a %s that found it running is not lost', (action) => {
    const life = lifeIn(action === 'start' ? 'stopped' : 'running');
    const operation = operationOf(life, action);
    beginOperation(life, operation, 100);
    nudge(life, 110);
    finishOperation(life, operation, action === 'start' ? { kind: 'done' } : { kind: 'running' }, 120);
    expect(isNudgePending(life)).toBe(true);
    nudge(life, 120);
    expect([dueMonitor(life, 120), isNudgePending(life)]).toEqual([0, false]);
  });

  it('during a monitor that found it broken leads to no second look, and is forgotten with the next start', () => {
    const life = lifeIn('running');
    const operation = operationOf(life, 'monitor');
    beginOperation(life, operation, 100);
    nudge(life, 110);
    finishOperation(life, operation, failed(), 120);
    expect(isNudgePending(life)).toBe(false);
    run(life, 'stop', { kind: 'done' }, 130);
    run(life, 'start', { kind: 'done' }, 140);
    expect(isNudgePending(life)).toBe(false);
  });
});

describe('events that come too often', () => {
  it('lead to so many looks and no more, until a while has passed; then one look is made good', () => {
    const life = lifeIn('running');
    const looks = Array.from({ length: NUDGES_MAX + 5 }, (_, index) => nudgeAndLook(life, 1000 + index));
    expect(looks.reduce((sum, each) => sum + each, 0)).toBe(NUDGES_MAX);
    const untilMs = life.nudges.pollsUntilMs;
    expect(untilMs).toBe(1000 + NUDGES_MAX + POLLING_MS);
    expect([heedNudgesAgain(life, untilMs - 1), nudgeAndLook(life, untilMs - 1)]).toEqual([false, 0]);
    expect([heedNudgesAgain(life, untilMs), nudgeAndLook(life, untilMs)]).toEqual([true, 1]);
    expect(heedNudgesAgain(life, untilMs + 1)).toBe(false);
  });

  it('are said once', () => {
    const life = lifeIn('running');
    const said = Array.from({ length: NUDGES_MAX + 5 }, (_, index) => nudge(life, 1000 + index)).filter(Boolean);
    expect(said).toEqual([
      {
        level: 'warn',
        sentence: 'more than 10 events within 10 s said to look at nginx, so for 60 s only its monitors do',
      },
    ]);
  });

  it('are told from those that come over a longer time', () => {
    const life = lifeIn('running');
    const everyMs = NUDGE_WINDOW_MS / NUDGES_MAX;
    for (let index = 0; index < 100; index += 1) expect(nudgeAndLook(life, index * everyMs)).toBe(1);
  });
});
