import type { TablePiece } from '../base/versioned-table.js';
import type { LeaseKey, LeaseState } from './lease.js';
import type { RecordValue } from './record.js';
import type { Configuration, LineMessage, Proposal, Vote } from './voter-line.js';

/**
 * The version of the protocol that these messages speak; a datagram of another one is counted and dropped.
 */
export const protocolVersion = 1;

/**
 * One lease in a heartbeat.
 *
 * Shape: `claimVersion` is the table version at which the claim was made and names the claim; `resources` are the group's exclusive resources, the things that no other node
 * may hold meanwhile; `stopBudgetMs` is G of the group, 0 where the provider of what it runs sees to one owner itself; `needsFencing` says that no time ends the promise (R14).
 */
export interface HeldEntry {
  readonly epoch: number;
  readonly state: LeaseState;
  readonly claimVersion: number;
  readonly resources: readonly string[];
  readonly stopBudgetMs: number;
  readonly needsFencing?: true;
}

/**
 * A node asks the voters to renew all it holds, and claims, changes and releases leases by table pieces.
 *
 * Shape: `seq` counts up within an incarnation; `token` is the one this voter gave last, empty at first; `table.entries` has a null value for a release, `tableVersion` is the newest version;
 * `fingerprint` is that of the whole table at `tableVersion`; `ack` is the sender's own answer, as a voter, to the receiver's last heartbeat, null when there is none to be given: absent from a node of a version
 * that neither says nor reads one there.
 */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly from: string;
  readonly incarnation: string;
  readonly seq: number;
  readonly token: string;
  readonly configuration: Configuration;
  readonly leaseMs: number;
  readonly tableVersion: number;
  readonly fingerprint: string;
  readonly table: TablePiece<HeldEntry>;
  readonly digest: Digest;
  readonly ack?: Ack | null;
}

/** A claim or renewal that a voter refuses: who holds what it wanted, and the highest epoch seen there. */
export interface Denial {
  readonly key: LeaseKey;
  readonly epochMax: number;
  /** The holder; empty when it was refused for its epoch only. */
  readonly by: string;
  /** The holder's incarnation, where the promise to it ends by no time: with a certificate of its death the lease is free (R14). */
  readonly incarnation?: string;
}

/**
 * Whether a voter's promises to a node go back without a gap.
 *
 * Shape: `memory` names the voter's memory, another one where it was lost; `breaks` counts how often this memory had to grant anew what the node said it owned, within the node's incarnation.
 */
export interface Continuity {
  readonly memory: string;
  readonly breaks: number;
}

/**
 * A voter's answer: everything in `fullVersion` is renewed, except what is denied.
 *
 * Shape: `incarnation` and `seq` are the heartbeat's; `fullVersion` is the holder's table version up to which this voter has everything; `complete` false when there were more denials than fit, in which case
 * the ack renews nothing; `clockMs` is the voter's clock when it answered.
 */
export interface Ack {
  readonly kind: 'ack';
  readonly from: string;
  readonly incarnation: string;
  readonly seq: number;
  readonly fullVersion: number;
  readonly denials: readonly Denial[];
  readonly complete: boolean;
  readonly clockMs: number;
  readonly configuration: Configuration;
  readonly digest: Digest;
  readonly continuity: Continuity;
}

/** The ack that a message is, or that it brings along; null for every other one. */
export function ackIn(message: Message): Ack | null {
  if (message.kind === 'ack') return message;
  return message.kind === 'heartbeat' ? (message.ack ?? null) : null;
}

/**
 * A voter that will not answer yet says why.
 *
 * token: send again with this token, which shows that the heartbeat is no replay. quarantine: its memory was lost, it is silent for `waitMs` more. configuration: it counts other voters, or is none.
 * superseded: a newer incarnation of the node is known, or an older one still has promises.
 */
export interface Refusal {
  readonly kind: 'refusal';
  readonly from: string;
  readonly incarnation: string;
  readonly seq: number;
  readonly reason: 'token' | 'quarantine' | 'configuration' | 'superseded';
  readonly token: string;
  readonly waitMs: number;
  readonly configuration: Configuration;
}

/** A voter tells a waiting candidate that a lease became free here. Speed only: nothing depends on it. */
export interface Free {
  readonly kind: 'free';
  readonly from: string;
  readonly key: LeaseKey;
  readonly epochMax: number;
}

/** How far a node's record is known: [node, age of the record's table, version]. */
export type DigestEntry = readonly [node: string, age: number, version: number];

/** What the sender knows of the nodes' records; larger clusters take turns. */
export type Digest = readonly DigestEntry[];

/** Changes of one node's record that the receiver lacks, or only a digest when `delta` is null. */
export interface Gossip {
  readonly kind: 'gossip';
  readonly from: string;
  readonly digest: Digest;
  readonly delta: RecordDelta | null;
}

/** A piece of one node's record; `age` orders the lives of a record, the highest wins. */
export interface RecordDelta {
  readonly node: string;
  readonly age: number;
  readonly piece: TablePiece<RecordValue>;
}

/** Asks for a piece of a revision's text. */
export interface SpecRequest {
  readonly kind: 'spec-request';
  readonly from: string;
  readonly hash: string;
  readonly offset: number;
}

/** A piece of a revision's text. Shape: `offset` and `total` count UTF-16 code units. */
export interface SpecPiece {
  readonly kind: 'spec-piece';
  readonly from: string;
  readonly hash: string;
  readonly offset: number;
  readonly total: number;
  readonly text: string;
}

/** Everything that nodes say to each other. */
export type Message =
  | Heartbeat
  | Ack
  | Refusal
  | Free
  | Gossip
  | SpecRequest
  | SpecPiece
  | LineMessage
  | Proposal
  | Vote;
