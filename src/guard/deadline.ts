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

/** The part of a stop budget in which a living daemon may notice that its lease is over, with its bounds. Ours: on a busy machine it took up to 40 ms. */
const NOTICE_PART = 0.1;
const NOTICE_MS_MIN = 50;
const NOTICE_MS_MAX = 500;

/**
 * From when on the guard stops by its own agent what has no kill path, for an agent needs the whole stop budget; never while the lease is valid.
 *
 * A daemon that is there and has noticed that its lease is over does that itself: then it is waited for until the last moment.
 *
 * Shape: milliseconds of the node's clock; validUntilMs <= result <= {@link actAtMs}; Infinity for a lease without such a member.
 */
export function stopAtMs(
  lease: GuardedLease,
  options: { readonly isDaemonThere: boolean; readonly isWatched: boolean },
): number {
  if (lease.stops.length === 0) return Number.POSITIVE_INFINITY;
  if (!options.isDaemonThere) return lease.validUntilMs;
  const endAtMs = actAtMs(lease, options);
  if (lease.state === 'lapsed') return endAtMs;
  const budgetMs = lease.deadByMs - lease.validUntilMs;
  const noticeMs = Math.min(Math.max(budgetMs * NOTICE_PART, NOTICE_MS_MIN), NOTICE_MS_MAX);
  return Math.min(lease.validUntilMs + noticeMs, endAtMs);
}
