/**
 * A place in the line of voter sets.
 *
 * Shape: `phase` 2k is set k alone, 2k+1 both sets k and k+1; `hash` is that of the newest of them, and covers those before it.
 */
export interface Configuration {
  readonly phase: number;
  readonly hash: string;
}

/**
 * The voter sets of a cluster, as far as a node knows them: the one in force, or the two between which it changes.
 *
 * Shape: `number` is that of the first of `sets`, counting from 0; one set is in force alone, two together; each set is in order of id. `hashes` are those of the newest sets, oldest
 * first, the last one that of the last of `sets`; at most {@link lineHashesMax}.
 */
export interface VoterLine {
  readonly number: number;
  readonly sets: readonly (readonly string[])[];
  readonly hashes: readonly string[];
  /** False for what a new node made of its first spec, until it is known to be nobody else's past: nothing is granted under it. */
  readonly isFounded: boolean;
  /** Of a line that is not founded: this node heard every voter of it, said so, and may be counted on by who founds it. */
  readonly isPledged?: boolean;
  /** Epochs up to here may have been granted by sets that the newest one knows nothing of. */
  readonly epochFloor: number;
  /** The revision that wanted the newest set; while the line is not founded, the newest that this node spoke of. */
  readonly revision: WantedBy;
}

/** Hashes that a line remembers: nodes that were away for more changes than that cannot tell a fork. Ours. */
export const lineHashesMax = 8;

/** A revision as a line remembers it. */
export interface WantedBy {
  readonly generation: number;
  readonly hash: string;
}

/** The right to choose a set's successor: higher ones win. Shape: `round` counts from 1. */
export interface Ballot {
  readonly round: number;
  readonly node: string;
}

/** A set that is to follow. */
export interface Offer {
  readonly voters: readonly string[];
  readonly revision: WantedBy;
}

/** An offer that a voter accepted under a ballot. */
export interface Accepted {
  readonly ballot: Ballot;
  readonly offer: Offer;
}

/**
 * What a voter says when it takes no more heartbeats of the set that was in force alone.
 *
 * Shape: `leaseMs` and `stopBudgetMs` are the longest that it may have promised, `epochMax` the highest epoch that it ever saw.
 */
export interface Seal {
  readonly leaseMs: number;
  readonly stopBudgetMs: number;
  readonly epochMax: number;
}

/** A node tells its line to one that is behind. */
export interface LineMessage {
  readonly kind: 'line';
  readonly from: string;
  readonly line: VoterLine;
}

/** A candidate asks the voters in force for the right to choose their successor, without an offer, or offers one. */
export interface Proposal {
  readonly kind: 'proposal';
  readonly from: string;
  readonly configuration: Configuration;
  readonly ballot: Ballot;
  readonly offer: Offer | null;
}

/** A voter's answer to a proposal. Shape: `ballot` is the proposal's, `promised` the highest that this voter has seen. */
export interface Vote {
  readonly kind: 'vote';
  readonly from: string;
  readonly configuration: Configuration;
  readonly ballot: Ballot;
  readonly promised: Ballot;
  readonly accepted: Accepted | null;
}
