import type { FenceCertificate } from './fencing.js';
import type { LeaseObservation, ObservedCluster } from './observation.js';
import type { Plan } from './plan.js';
import type { Revision } from './revision.js';

/**
 * The cluster as one node sees it, for people and for `status -o json`.
 *
 * Shape: plain JSON; durations in milliseconds; `ageMs` are ages at the moment of the answer.
 */
export interface Status {
  readonly cluster: string;
  readonly node: string;
  readonly role: 'member' | 'worker' | 'witness';
  /** One sentence: is the service up, is something moving, what comes next. */
  readonly verdict: string;
  /** ok: at rest and as desired. moving: a change is under way. degraded: runs with less than it should. down: something desired does not run. */
  readonly health: 'ok' | 'moving' | 'degraded' | 'down';
  /** Time of the answer, ISO 8601, this node's wall clock: for people only. */
  readonly at: string;
  readonly uptimeMs: number;
  readonly software: string;
  readonly revision: Revision | null;
  readonly quorum: QuorumStatus;
  readonly nodes: readonly NodeStatus[];
  readonly groups: readonly GroupStatus[];
  readonly leases: readonly LeaseStatus[];
  readonly pings: readonly PingStatus[];
  readonly failures: readonly FailureStatus[];
  /** Nodes that are to be fenced or were, in order of id; absent where there are none. */
  readonly fencing?: readonly FencingStatus[];
  readonly conditions: readonly Condition[];
  readonly counters: Readonly<Record<string, number>>;
  readonly observed: ObservedCluster;
  readonly plan: Plan | null;
}

/** Whether this node has a majority, and of whom. */
export interface QuorumStatus {
  readonly quorate: boolean;
  readonly votes: number;
  readonly majority: number;
  /** Voters that acked this node within a lease. */
  readonly acks: readonly string[];
  /** The other voters, absent where there are none. Shape: `countsAs` says why one counts as granting all the same, null where it does not. */
  readonly unanswered?: readonly { readonly node: string; readonly countsAs: 'dead' | 'left' | 'ignored' | null }[];
  readonly onLoss: 'stop' | 'freeze' | 'ignore';
  /** How long this node's own voter is still silent after it lost its memory; 0 otherwise. */
  readonly quarantineMs: number;
  /** Voters that are heard and grant nothing yet, since they began without a memory of what they promised, each with the time that is left of it. */
  readonly quarantined: readonly { readonly node: string; readonly leftMs: number }[];
  /** When that gives way to a majority, where nothing else is missing; null otherwise. */
  readonly majorityInMs: number | null;
}

/** A node by this node's lights. */
export interface NodeStatus {
  readonly node: string;
  readonly role: 'member' | 'worker' | 'witness';
  readonly state: 'active' | 'standby' | 'maintenance';
  readonly liveness: 'online' | 'offline' | 'unknown';
  readonly leaving: boolean;
  /** Whether it handed everything over and went, when it was heard last. */
  readonly left: boolean;
  readonly quorate: boolean | null;
  /** Age of the newest thing heard of it; null for this node itself and for one never heard. */
  readonly heardAgoMs: number | null;
  /** Per link, whether it was heard there within a lease; empty for this node itself. */
  readonly links: readonly boolean[];
  /** Whom that node says it hears. */
  readonly hears: readonly string[];
  readonly revision: Revision | null;
  readonly incarnation: string | null;
}

/** A group with its members. */
export interface GroupStatus {
  readonly group: string;
  readonly desired: 'started' | 'stopped';
  /** Where it runs or is held; null for nowhere. */
  readonly node: string | null;
  readonly state:
    | 'running'
    | 'starting'
    | 'stopping'
    | 'moving'
    | 'stopped'
    | 'failed'
    | 'blocked'
    | 'unknown'
    | 'waiting';
  readonly sentence: string;
  readonly members: readonly { readonly resource: string; readonly node: string | null; readonly state: string }[];
}

/** A lease with what is left of it, as far as this node knows. */
export interface LeaseStatus extends LeaseObservation {
  /** For leases held here: time left until it lapses; null for others' leases. */
  readonly leftMs: number | null;
}

/** A ping, a check or a part of the health on a node. Shape: a check has one host, which answers when it passes; `reason` is why it fails. */
export interface PingStatus {
  readonly kind: 'ping' | 'check' | 'health';
  readonly ping: string;
  readonly node: string;
  readonly reachable: number | null;
  readonly hosts: number;
  readonly need: number;
  readonly ok: boolean | null;
  readonly reason?: string;
}

/** A failure that is not forgotten, in words. */
export interface FailureStatus {
  readonly resource: string;
  readonly node: string;
  readonly failures: number;
  readonly banned: boolean;
  readonly blocked: boolean;
  /** When it is forgotten, as the time that is left; null where it is not, or failed on another node, which alone knows. */
  readonly forgottenInMs: number | null;
  readonly sentence: string;
}

/** A node that is to be fenced, or was. Shape: `last` is the newest certificate of its death that is known. */
export interface FencingStatus {
  readonly node: string;
  readonly state: 'wanted' | 'under-way' | 'failed' | 'fenced';
  readonly sentence: string;
  readonly last: FenceCertificate | null;
}

/** A lasting fact that an operator should know. */
export interface Condition {
  readonly kind:
    | 'spec-invalid'
    | 'spec-differs'
    | 'spec-unreadable'
    | 'spec-vanished'
    | 'restart-needed'
    | 'voters-changed'
    | 'voters-forked'
    | 'no-quorum'
    | 'unsafe'
    | 'link-lost'
    | 'no-memory'
    | 'store-failed'
    | 'unaccounted'
    | 'clock'
    | 'node-silent'
    | 'node-left'
    | 'fencing'
    | 'no-guard'
    | 'guard-acted'
    | 'watchdog'
    | 'enabled-at-boot'
    | 'polling'
    | 'alert-undelivered'
    | 'leaving';
  readonly severity: 'info' | 'warning' | 'error';
  readonly sentence: string;
  /** For how long it has held. */
  readonly ageMs: number;
}
