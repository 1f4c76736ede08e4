import type { Chooser, Campaign } from '../ownership/succession.js';
import { freshChooser } from '../ownership/succession.js';
import type { Configuration, Seal, VoterLine, WantedBy } from '../model/voter-line.js';
import { firstLine } from '../ownership/line.js';

/** What a node keeps of the line of voter sets, for good: it must never believe an older set, nor choose twice (R12). */
export interface KeptVoters {
  readonly line: VoterLine;
  readonly chooser: Chooser;
  /** What this node's voter tells while two sets are in force; null otherwise. */
  readonly seal: Seal | null;
}

/** Rules of changing voters that a test build may switch off. */
export interface VoterChangeRules {
  readonly joint: boolean;
  readonly sealedMajority: boolean;
  readonly wait: boolean;
  readonly keep: boolean;
  readonly pledge: boolean;
  readonly keepVotes: boolean;
  /** The wait covers leases by which somebody was only answered, and holds nothing. */
  readonly ackedLease: boolean;
}

/** All rules on. */
export const allVoterChangeRules: VoterChangeRules = {
  joint: true,
  sealedMajority: true,
  wait: true,
  keep: true,
  pledge: true,
  keepVotes: true,
  ackedLease: true,
};

/** Which voters a node counts, and how they change. Plain data, updated in place. */
export interface VotersState {
  kept: KeptVoters;
  isUnsaved: boolean;
  /** While the line is not founded: where each peer stood when it was heard last. */
  readonly heard: Map<string, Configuration>;
  /** When each peer was sent this line last. */
  readonly told: Map<string, number>;
  /** A change that this node tries to have chosen. */
  campaign: Campaign | null;
  /** When its proposals left last. */
  askedAtMs: number;
  /** The highest round that any voter told of. */
  roundMax: number;
  tries: number;
  nextTryAtMs: number;
  /** Since when the change that is wanted could be proposed. */
  ready: { readonly wanted: string; readonly sinceMs: number } | null;
  /** Since when a majority of the old set is known to be sealed. */
  sealedSinceMs: number | null;
  readonly rules: VoterChangeRules;
}

/** Begins with what was kept, or with the voters of the first spec. */
export function beginVoters(options: {
  readonly kept: KeptVoters | null;
  readonly voters: readonly string[];
  readonly revision: WantedBy;
  readonly rules: VoterChangeRules;
}): VotersState {
  const { kept, voters, revision, rules } = options;
  const line = firstLine({ voters, revision, isFounded: false });
  return {
    kept: kept ?? { line, chooser: freshChooser, seal: null },
    isUnsaved: kept === null,
    heard: new Map(),
    told: new Map(),
    campaign: null,
    askedAtMs: Number.NEGATIVE_INFINITY,
    roundMax: 0,
    tries: 0,
    nextTryAtMs: Number.NEGATIVE_INFINITY,
    ready: null,
    sealedSinceMs: null,
    rules,
  };
}
