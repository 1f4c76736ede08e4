import type { ClusterSpec } from '../model/cluster-spec.js';
import type { RuleContext } from './rule.js';

/** What a watchdog needs to be fed at all, and what a lease gives it. */
export interface WatchdogTime {
  /** Its timeout, and two heartbeats that may be under way before a lease is known to be renewed. */
  readonly neededMs: number;
  /** A new lease, and the smallest stop budget after it. */
  readonly givenMs: number;
}

/**
 * The times of the spec's watchdog; null without one.
 *
 * Shape: it is fed, and so used, only where `neededMs <= givenMs`.
 * Source: the ownership rules, R13; a test holds it to what the reconciler does.
 */
export function watchdogTime({ fencing, heartbeat, groups }: ClusterSpec): WatchdogTime | null {
  if (fencing.watchdog === null) return null;
  const smallestBudgetMs = groups.reduce(
    (least, group) => Math.min(least, group.stopBudgetMs),
    Number.POSITIVE_INFINITY,
  );
  return {
    neededMs: fencing.watchdog.timeoutMs + 2 * heartbeat.everyMs,
    givenMs: heartbeat.leaseMs + smallestBudgetMs,
  };
}

/** Whether a watchdog ends a node in time that does not end its services. */
export function hasUsableWatchdog(spec: ClusterSpec): boolean {
  const time = watchdogTime(spec);
  return time !== null && time.neededMs <= time.givenMs;
}

/** As {@link hasUsableWatchdog}, and true where that hangs on the stop budget of a resource whose shape is wrong. */
export function mayHaveUsableWatchdog({ spec, isWhole }: Pick<RuleContext, 'spec' | 'isWhole'>): boolean {
  return hasUsableWatchdog(spec) || (spec.fencing.watchdog !== null && !isWhole('resources'));
}
