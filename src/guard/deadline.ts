import type { GuardedLease } from '../model/guard-orders.js';

/** The part of a stop budget that is kept back for the guard's own killing, with its bounds. Ours: a kill with its proof took 5 to 60 ms here, with `systemctl` 150 ms. */
const MARGIN_PART = 0.2;
const MARGIN_MS_MIN = 50;
const MARGIN_MS_MAX = 300;

/** With a watchdog, all must be proved down before it would fire, which is at the deadline. */
const WATCHED_PART = 0.5;
const WATCHED_MS_MAX = 1000;

/**
 * When the guard ends what is left of a lease: as late as it can, since the daemon's own way down may still be going on; never while the lease is valid.
 *
 * Shape: milliseconds of the node's clock; validUntilMs <= result <= deadByMs.
 */
export function actAtMs(lease: GuardedLease, options: { readonly isWatched: boolean }): number {
  const budgetMs = lease.deadByMs - lease.validUntilMs;
  const marginMs = options.isWatched
    ? Math.min(budgetMs * WATCHED_PART, WATCHED_MS_MAX)
    : Math.min(Math.max(budgetMs * MARGIN_PART, MARGIN_MS_MIN), MARGIN_MS_MAX);
  return Math.max(lease.validUntilMs, lease.deadByMs - marginMs);
}
