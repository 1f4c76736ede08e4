import type { ClusterSpec } from '../model/cluster-spec.js';
import { takeoverMs } from '../model/lease.js';
import type { Schedule } from './schedule.js';

/** Boot, start of the daemon, and packets that are still under way. */
const BOOT_MS = 1000;
/** Heartbeats for claims, their back-off, revisions that travel, and gossip. */
const BEATS = 40;
/** What agents and failures may still cost: probes that are repeated, starts that back off, failures that must be forgotten first. */
const AGENTS_MS = 30_000;

/** How long the longest promise of a cluster lasts. Shape: milliseconds. */
export function longestPromiseMs(spec: ClusterSpec): number {
  const { leaseMs, clockDrift: drift } = spec.heartbeat;
  return takeoverMs({ leaseMs, stopBudgetMs: largestBudgetMs(spec), drift });
}

/**
 * L1's bound: how long after the healing everything must be at rest.
 *
 * Shape: real milliseconds. The promise of the longest lease and stop budget counts twice: a promise that was given last, or a quarantine that began last, and a hand-over after it.
 */
export function restWithinMs(schedule: Schedule): number {
  const drift = schedule.firstSpec.heartbeat.clockDrift;
  const promise = takeoverMs({ leaseMs: schedule.leaseMsMax, stopBudgetMs: schedule.stopBudgetMsMax, drift });
  return 2 * promise + BOOT_MS + BEATS * 500 + AGENTS_MS;
}

/** The largest stop budget of any group, whether promises cover it or not. Shape: milliseconds. */
export function largestBudgetMs(spec: ClusterSpec): number {
  return Math.max(0, ...spec.groups.map((group) => group.stopBudgetMs));
}
