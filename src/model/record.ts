import type { AttributeEntry } from './attribute.js';
import type { FenceCertificate } from './fencing.js';
import type { LeaseObservation, PingObservation, ResourceObservation } from './observation.js';
import type { Revision } from './revision.js';
import type { Configuration, Seal } from './voter-line.js';

/**
 * One entry of a node's record, the part of a node's knowledge that gossip carries to all others.
 *
 * A record is a versioned table of such entries under keys: `self`, `heard:NODE`, `resource:ID`, `lease:GROUP`, `ping:ID`, `retry:NODE`, `seal`, `fenced:NODE:LIFE`,
 * `fencing:NODE`, `attribute:NODE:NAME`, `lasting:NODE:NAME`. Unknown kinds are kept and passed on, so that newer nodes can
 * tell each other what this one does not know.
 */
export type RecordValue =
  | { readonly kind: 'self'; readonly self: SelfReport }
  | { readonly kind: 'heard'; readonly links: Readonly<Record<string, readonly number[]>> }
  | { readonly kind: 'resource'; readonly resource: ResourceObservation }
  | { readonly kind: 'lease'; readonly lease: LeaseObservation }
  | { readonly kind: 'ping'; readonly ping: PingObservation }
  | { readonly kind: 'retry'; readonly retry: RetryRequest }
  | { readonly kind: 'seal'; readonly configuration: Configuration; readonly seal: Seal }
  | { readonly kind: 'fenced'; readonly certificate: FenceCertificate }
  | { readonly kind: 'fencing'; readonly fencing: FencingReport }
  | { readonly kind: 'attribute'; readonly attribute: AttributeEntry };

/** What a node that fences another one tells of it. Shape: `text` is one line without secrets, at most `limits.fencingTextLengthMax` characters. */
export interface FencingReport {
  readonly node: string;
  readonly hasFailed: boolean;
  readonly text: string;
}

/** What a node says of itself. */
export interface SelfReport {
  readonly incarnation: string;
  readonly leaving: boolean;
  /** Whether it holds nothing either: this incarnation takes nothing any more, and the next daemon has another. Absent from versions that do not say so. */
  readonly over?: boolean;
  readonly quorate: boolean;
  readonly revision: Revision | null;
  /** Longest lease and stop budget that this node has had in force within the last hour: quarantines must outlast them. */
  readonly leaseMsMax: number;
  readonly stopBudgetMsMax: number;
  readonly software: string;
  /** Where it stands in the line of voter sets; absent from versions that cannot change voters. */
  readonly configuration?: Configuration;
  /** While two voter sets are in force, the phase of theirs in which a majority of the newer one has all that this node holds and that needs fencing (R14). */
  readonly carried?: number;
  /** Whether its voter is silent for a lost memory. */
  readonly silent?: true;
}

/**
 * A person at one node asks another node to forget a resource's failures and to try again.
 *
 * Shape: `number` counts up within the asking node's record; each is heeded once.
 */
export interface RetryRequest {
  readonly node: string;
  readonly resource: string;
  readonly number: number;
}
