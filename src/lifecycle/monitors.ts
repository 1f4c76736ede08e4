/** When a resource is looked at: by its monitors' intervals, and when an event says that something may have happened to it. */
import { heedNudge, NUDGE_WINDOW_MS, NUDGES_MAX, POLLING_MS } from './nudge-limit.js';
import type { Lesson, ResourceLife } from './resource-life.js';

/** The monitor that is due, by its index; null when none is. */
export function dueMonitor(life: ResourceLife, nowMs: number): number | null {
  if (life.operation !== null || (life.state !== 'running' && life.state !== 'failed')) return null;
  const index = life.monitorAtMs.findIndex((atMs) => atMs <= nowMs);
  return index < 0 ? null : index;
}

/** The monitor at `index` begins: the next one is an interval later. */
export function monitorBegun(life: ResourceLife, index: number, nowMs: number): void {
  const everyMs = life.resource.monitors[index]?.everyMs;
  if (everyMs !== undefined) life.monitorAtMs[index] = nowMs + everyMs;
}

/**
 * Something may have happened to the resource: its shallowest monitor is due now, unless that was said too often.
 *
 * What comes while an operation is under way is remembered until its end. Returns what to tell people.
 */
export function nudge(life: ResourceLife, nowMs: number): Lesson | null {
  const { nudges } = life;
  if (life.operation !== null) {
    nudges.isPending = true;
    return null;
  }
  nudges.isPending = false;
  const shallowest = Math.min(...life.resource.monitors.map(({ depth }) => depth));
  const index = life.resource.monitors.findIndex(({ depth }) => depth === shallowest);
  if (index < 0 || (life.state !== 'running' && life.state !== 'failed')) return null;
  switch (heedNudge(nudges, nowMs)) {
    case 'look':
      life.monitorAtMs[index] = nowMs;
      return null;
    case 'ignore':
      return null;
    case 'too-often': {
      const sentence = `more than ${NUDGES_MAX} events within ${NUDGE_WINDOW_MS / 1000} s said to look at ${life.resource.id}, so for ${POLLING_MS / 1000} s only its monitors do`;
      return { level: 'warn', sentence };
    }
  }
}

/** Whether an event came while the operation that just ended was under way, and that found it running: it may have looked too early. */
export function isNudgePending(life: ResourceLife): boolean {
  return life.nudges.isPending && life.operation === null && life.state === 'running';
}

/** The time in which monitors alone look is over. Returns whether it just ended. */
export function heedNudgesAgain(life: ResourceLife, nowMs: number): boolean {
  const { nudges } = life;
  if (nudges.pollsUntilMs === Number.NEGATIVE_INFINITY || nowMs < nudges.pollsUntilMs) return false;
  nudges.pollsUntilMs = Number.NEGATIVE_INFINITY;
  return true;
}
