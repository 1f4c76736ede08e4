import type { Attribute } from './attribute.js';
import type { LeaseState } from './lease.js';

/**
 * What is known of one resource on one node. Unknown is a value, never a synonym of stopped.
 *
 * failed: it runs (or may run) but its monitor says it is broken.
 */
export type ResourceState = 'unknown' | 'stopped' | 'starting' | 'running' | 'failed' | 'stopping';

/**
 * What a node last observed of a resource, with the failures it remembers there.
 *
 * Shape: `failures` counts those not yet forgotten. `banned`: this node must not run it until they are forgotten or retried. `blocked`: a stop failed, it must stay
 * where it is until a person acts. `reason` is the newest failure in words, at most {@link limits}.reasonLengthMax characters. `busy` is true while an operation is under way.
 */
export interface ResourceObservation {
  readonly resource: string;
  readonly node: string;
  readonly state: ResourceState;
  readonly busy: boolean;
  readonly failures: number;
  readonly banned: boolean;
  readonly blocked: boolean;
  /** Present with a failure that is not forgotten. */
  readonly reason?: string;
  /** Present while a failed start waits before it is tried again, as long as that lasts. */
  readonly backingOff?: boolean;
  /** It must be stopped and stay down everywhere until a person retries it or its failures are forgotten. */
  readonly halted?: boolean;
  /** Its stop failed, and the spec says that its node is fenced for it. */
  readonly fence?: boolean;
  /** It runs with parameters that are no longer those of the spec: it is reloaded or restarted where it is. */
  readonly outdated?: boolean;
  /** Present where a reload does; taken for granted while its agent is being asked. */
  readonly reloadable?: boolean;
  /** What was changed of it there outside of the spec, in words that "on NODE" can follow ("enabled at boot"). Shape: at most {@link limits}.driftLengthMax characters. */
  readonly drift?: string;
  /** How long the last start on this node took that succeeded, rounded to two digits; absent before one did. */
  readonly startTookMs?: number;
  /** The same for the last stop. */
  readonly stopTookMs?: number;
}

/** Something of a resource that was changed outside of the spec. Shape: `text` can be followed by "on NODE". */
export interface Drift {
  readonly resource: string;
  readonly node: string;
  readonly text: string;
}

/**
 * A node by one node's lights.
 *
 * online: heard of within a lease. offline: silent for longer. unknown: never heard of, too early to tell.
 */
export interface NodeObservation {
  readonly node: string;
  readonly liveness: 'online' | 'offline' | 'unknown';
  /** The node hands everything over and will stop. */
  readonly leaving: boolean;
  /** It did so and has gone in order: it is silent, and holds nothing. Absent otherwise. */
  readonly left?: true;
  /** Whether the node has the acks of a majority of voters; null when nothing is known of it. */
  readonly quorate: boolean | null;
}

/** A lease as its holder published it. */
export interface LeaseObservation {
  readonly group: string;
  readonly node: string;
  readonly epoch: number;
  readonly state: LeaseState;
}

/**
 * What a node sees of a ping, or of a check of its own.
 *
 * Shape: `reachable` counts the hosts that answer, after dampening, and is 1 for a check that passes, 0 for one that fails; null while nothing is known. `turning` is present while rounds find less, or more, than that and
 * dampening still waits. `reason` is why a check fails, present while it does.
 */
export interface PingObservation {
  readonly ping: string;
  readonly node: string;
  readonly reachable: number | null;
  readonly turning?: 'less' | 'more';
  readonly reason?: string;
}

/**
 * A node that is to be fenced.
 *
 * Shape: `by` is who is at it, null for nobody yet; `text` says in words what is tried and what failed.
 */
export interface FencingObservation {
  readonly node: string;
  readonly by: string | null;
  readonly text: string;
}

/**
 * The cluster as one node knows it: the planner's other input beside the spec.
 *
 * What is not listed is unknown. Plain JSON: it is what `--observed FILE` reads and `status -o json` carries.
 */
export interface ObservedCluster {
  /** Whose view this is; null for a view put together by hand. */
  readonly self: string | null;
  readonly nodes: readonly NodeObservation[];
  readonly resources: readonly ResourceObservation[];
  readonly leases: readonly LeaseObservation[];
  readonly pings: readonly PingObservation[];
  /** Absent where nobody is to be fenced. */
  readonly fencing?: readonly FencingObservation[];
  /** In order of node, the cluster's own first, and of name; absent where there are none. */
  readonly attributes?: readonly Attribute[];
}

/** A view in which nothing is known. */
export function nothingObserved(): ObservedCluster {
  return { self: null, nodes: [], resources: [], leases: [], pings: [] };
}
