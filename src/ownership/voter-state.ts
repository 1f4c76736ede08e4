import type { VersionedTable } from '../base/versioned-table.js';
import { versionedTable } from '../base/versioned-table.js';
import type { LeaseKey } from '../model/lease.js';
import type { Ack, Free, HeldEntry, Refusal } from '../model/message.js';
import type { Configuration } from '../model/voter-line.js';
import type { LeasePromise } from './lease-promise.js';
import type { VoterRules } from './voter-rules.js';
import { allVoterRules } from './voter-rules.js';

/** A node's standing with this voter. */
export interface Session {
  readonly incarnation: string;
  lastSeq: number;
  /** By the node's clock; -Infinity where only an earlier daemon heard it. */
  heardAtMs: number;
  lastAck: Ack | null;
  /** Whether that ack went over every link, whatever way the heartbeat came. */
  isAckSaid: boolean;
  /** Of all acks the one that counts longest for the node: the lease length by which it does, and until when, by this voter's clock. */
  ackedLeaseMs: number;
  ackedUntilMs: number;
  /** How often something that the node owns had to be granted anew. */
  breaks: number;
  /** The node's table as far as it is known here. */
  table: VersionedTable<HeldEntry>;
  /** Whether promises were compared with the whole of it since it was begun. */
  isCompared: boolean;
}

/** A node that was not heard yet under this incarnation. */
export function newSession(incarnation: string): Session {
  return {
    incarnation,
    lastSeq: 0,
    heardAtMs: Number.NEGATIVE_INFINITY,
    lastAck: null,
    isAckSaid: false,
    ackedLeaseMs: 0,
    ackedUntilMs: Number.NEGATIVE_INFINITY,
    breaks: 0,
    table: versionedTable(),
    isCompared: false,
  };
}

/** An ack that was not said yet. Shape: `isUrgent` when it may wait no longer than for the heartbeat of the same step. */
export interface OwedAck {
  readonly ack: Ack;
  readonly isUrgent: boolean;
}

/** The voter's side of one node. Plain data, updated in place by the functions of this room. */
export interface VoterState {
  readonly node: string;
  /** New for each start of the voter; a heartbeat must bring it, which no replay from before the start can. */
  readonly token: string;
  /** Names what this voter remembers: the same over restarts that kept it, another one where it was lost. */
  memory: string;
  configuration: Configuration;
  /** Whether it is in a set that is in force: one that is not answers nobody. */
  isVoting: boolean;
  /** Epochs up to here may have been granted by sets that this voter was not in (R12). */
  epochFloor: number;
  drift: number;
  /** This node's own lease length, for rule R10's mutant only. */
  leaseMs: number;
  /** Until then the voter is silent: what it promised before it lost its memory may still be in force (R7). */
  readonly quarantineUntilMs: number;
  readonly sessions: Map<string, Session>;
  /** Incarnations that are over, newest last, per node: a replay of theirs is refused. */
  readonly retired: Map<string, string[]>;
  readonly promises: Map<LeaseKey, LeasePromise>;
  /** Highest epoch seen, per lease key and per resource; kept after release (R11). */
  readonly epochMax: Map<string, number>;
  /** Candidates that were denied a lease and want to hear when it is free. */
  readonly waiters: Map<LeaseKey, string[]>;
  /** Per node, the ack that the next heartbeat to it takes along. */
  readonly owed: Map<string, OwedAck>;
  isUnsaved: boolean;
  replays: number;
  readonly rules: VoterRules;
}

/** What a voter says, and to whom. */
export interface VoterAnswer {
  readonly to: string;
  readonly message: Ack | Refusal | Free;
}

/** A voter without memory, or one that continues from what it kept ({@link import('./memory.js').restoreVoter}). */
export function beginVoter(options: {
  readonly node: string;
  readonly token: string;
  readonly configuration: Configuration;
  readonly drift: number;
  readonly leaseMs: number;
  readonly quarantineUntilMs: number;
  readonly isVoting?: boolean;
  readonly epochFloor?: number;
  readonly rules?: VoterRules;
}): VoterState {
  return {
    node: options.node,
    token: options.token,
    memory: options.token,
    configuration: options.configuration,
    isVoting: options.isVoting ?? true,
    epochFloor: options.epochFloor ?? 0,
    drift: options.drift,
    leaseMs: options.leaseMs,
    quarantineUntilMs: options.quarantineUntilMs,
    sessions: new Map(),
    retired: new Map(),
    promises: new Map(),
    epochMax: new Map(),
    waiters: new Map(),
    owed: new Map(),
    isUnsaved: true,
    replays: 0,
    rules: options.rules ?? allVoterRules,
  };
}
