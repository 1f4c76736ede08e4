/** How the voters in force choose their successors (R12): Paxos, with the set in force as acceptors. */
import { compareIds } from '../base/order.js';
import type { Accepted, Ballot, Configuration, Offer, Proposal, Vote } from '../model/voter-line.js';
import { majorityOf } from './quorum.js';

/** What a voter must never forget while the set in force has no successor. Kept before it answers. */
export interface Chooser {
  readonly promised: Ballot | null;
  readonly accepted: Accepted | null;
}

/** A voter that has promised and accepted nothing. */
export const freshChooser: Chooser = { promised: null, accepted: null };

/** A candidate's attempt. Plain data, updated in place; it may be forgotten at any time. */
export interface Campaign {
  readonly ballot: Ballot;
  /** What is offered if nobody tells of an earlier offer. */
  readonly wanted: Offer;
  /** Null while it asks. */
  offer: Offer | null;
  /** Voters that answered in the present stage, with what they had accepted. */
  readonly answers: Map<string, Accepted | null>;
  readonly untilMs: number;
}

/** The order of ballots. Shape: negative, zero or positive; null is below all. */
export function compareBallots(a: Ballot | null, b: Ballot | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return a.round - b.round || compareIds(a.node, b.node);
}

/** A voter of the set in force hears a proposal. Returns what it must keep, and then answers. */
export function answerProposal(
  chooser: Chooser,
  proposal: Proposal,
  voter: { readonly node: string; readonly configuration: Configuration },
): { readonly chooser: Chooser; readonly vote: Vote } {
  const { ballot, offer } = proposal;
  let next = chooser;
  if (compareBallots(ballot, chooser.promised) >= 0) {
    const isKnown = compareBallots(ballot, chooser.accepted?.ballot ?? null) === 0;
    next = { promised: ballot, accepted: offer === null || isKnown ? chooser.accepted : { ballot, offer } };
  }
  const vote: Vote = {
    kind: 'vote',
    from: voter.node,
    configuration: voter.configuration,
    ballot,
    promised: next.promised ?? ballot,
    accepted: next.accepted,
  };
  return { chooser: next, vote };
}

/** A candidate begins to ask, with a ballot above all that its own voter has seen. */
export function beginCampaign(options: {
  readonly node: string;
  readonly promised: Ballot | null;
  readonly wanted: Offer;
  readonly untilMs: number;
}): Campaign {
  const { node, promised, wanted, untilMs } = options;
  return { ballot: { round: (promised?.round ?? 0) + 1, node }, wanted, offer: null, answers: new Map(), untilMs };
}

/**
 * Counts a vote.
 *
 * Shape: `outvoted` when a voter has promised a higher ballot; `offered` when the asking is over and the offer is to be sent; `chosen` when a majority of `voters` accepted it.
 */
export function countVote(
  campaign: Campaign,
  vote: Vote,
  voters: readonly string[],
): { readonly kind: 'counted' | 'outvoted' | 'offered' } | { readonly kind: 'chosen'; readonly offer: Offer } {
  if (!voters.includes(vote.from) || compareBallots(vote.ballot, campaign.ballot) !== 0) return { kind: 'counted' };
  if (compareBallots(vote.promised, campaign.ballot) > 0) return { kind: 'outvoted' };
  const { offer, answers } = campaign;
  if (offer !== null && compareBallots(vote.accepted?.ballot ?? null, campaign.ballot) !== 0)
    return { kind: 'counted' };
  answers.set(vote.from, vote.accepted);
  if (answers.size < majorityOf(voters.length)) return { kind: 'counted' };
  if (offer !== null) return { kind: 'chosen', offer };
  let newest: Accepted | null = null;
  for (const accepted of answers.values()) {
    if (accepted !== null && compareBallots(accepted.ballot, newest?.ballot ?? null) > 0) newest = accepted;
  }
  campaign.offer = newest?.offer ?? campaign.wanted;
  answers.clear();
  return { kind: 'offered' };
}
