import type { ParameterValue } from './cluster-spec.js';
import type { KillPath } from './kill-path.js';
import type { LeaseKey, LeaseState } from './lease.js';

/** The form of {@link GuardOrders}: a guard does not act on orders of a form that it does not know, and a daemon takes the renewals of its leases from no others. */
export const GUARD_ORDERS_VERSION = 1;

/**
 * What a daemon leaves to its guard, the small process that outlives it: what must be down by when, and how it is ended (R13).
 *
 * Shape: plain JSON; times are milliseconds of the node's clock in this boot.
 */
export interface GuardOrders {
  readonly version: number;
  /** Every lease under which something may run here. */
  readonly leases: readonly GuardedLease[];
  /** Null when the spec names none, or one that no lease outlives. */
  readonly watchdog: GuardedWatchdog | null;
  /** How often these orders are to be read again: often enough that no lease comes and reaches its deadline in between. */
  readonly lookEveryMs: number;
  /** Everything was handed over: there is nothing to guard any more. */
  readonly isOver: boolean;
}

/** A lease with all that may run under it. */
export interface GuardedLease {
  readonly key: LeaseKey;
  readonly epoch: number;
  readonly state: LeaseState;
  /** End of validity; nothing is ended before. */
  readonly validUntilMs: number;
  /** Everything of it is down by then. */
  readonly deadByMs: number;
  /** What has a kill path, in start order; a resource stands here twice when two of its definitions may run. */
  readonly members: readonly GuardedMember[];
  /** What has no kill path and is ended by its agent's own stop, in start order. */
  readonly stops: readonly GuardedStop[];
  /** Ids of what has no kill path, where it would do harm to run on: it does when its stop hangs, or when it has none. */
  readonly withoutKillPath: readonly string[];
}

/** A member with the way to end it. */
export interface GuardedMember {
  readonly resource: string;
  readonly path: KillPath;
}

/** A member with what its agent needs to stop it. */
export interface GuardedStop {
  readonly resource: string;
  readonly type: string;
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly timeoutMs: number;
  /** How many of the lease's `members` are started before it. */
  readonly membersBefore: number;
}

/** A watchdog that resets this machine when it is not fed. */
export interface GuardedWatchdog {
  readonly device: string;
  readonly timeoutMs: number;
}
