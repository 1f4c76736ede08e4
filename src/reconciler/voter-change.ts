/** How a change of the voters that the spec wants comes to be chosen (R12): when it may be proposed, by whom, and what is said while it may not. */
import { randomBetween } from '../base/random.js';
import { compareRevisions } from '../model/revision.js';
import type { Offer, Proposal, VoterLine, Vote } from '../model/voter-line.js';
import { isSameList } from '../ownership/amendment.js';
import { isQuorate } from '../ownership/holder.js';
import { configurationOfLine, joinedLine, newestSet } from '../ownership/line.js';
import { isSameConfiguration, majorityOf } from '../ownership/quorum.js';
import { answerProposal, beginCampaign, countVote } from '../ownership/succession.js';
import { clearCondition, setCondition } from './conditions.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { liveness, selfReport } from './observe.js';
import { sendTo } from './send.js';
import { lineOf, meet, takeLine } from './voters.js';

/** Heartbeats for which one attempt lasts: two lost messages each way are made up for. Ours. */
const CAMPAIGN_BEATS = 6;
/** Heartbeats that each live voter which comes first is given to propose before the next one does. Ours. */
const TURN_BEATS = 3;

/** Goes on with a change of the voters that the spec in force wants. */
export function changeVoters(mind: Mind, time: StepTime, effects: Effects): void {
  const line = lineOf(mind);
  const wanted = line.isFounded && line.sets.length === 1 ? offerOf(mind, line) : null;
  const why = wanted === null ? null : whyNot(mind, line, wanted, time.nowMs);
  sayWhere(mind, { line, wanted, why: why?.sentence ?? null, isWrong: why?.isWrong === true }, time);
  if (wanted === null || why !== null) {
    mind.voters.campaign = null;
    mind.voters.ready = null;
    return;
  }
  campaign(mind, line, wanted, time, effects);
}

/** What the spec in force wants; null when that is so, or was wanted by a revision that is no newer than the one behind the newest set. */
function offerOf(mind: Mind, line: VoterLine): Offer | null {
  const { voters } = mind.index;
  const { inForce } = mind.revisions;
  if (isSameList(voters, newestSet(line))) return null;
  if (compareRevisions(inForce, { ...line.revision, parent: null }) <= 0) return null;
  return { voters, revision: { generation: inForce.generation, hash: inForce.hash } };
}

/** What speaks against proposing a change now. */
function whyNot(
  mind: Mind,
  line: VoterLine,
  wanted: Offer,
  nowMs: number,
): { readonly sentence: string; readonly isWrong?: true } | null {
  const present = newestSet(line);
  if (!wanted.voters.some((voter) => present.includes(voter))) {
    return {
      sentence: 'none of the present voters stays; keep one of them, and drop it in a second change',
      isWrong: true,
    };
  }
  const isHeard = (node: string) => liveness(mind, node, nowMs) === 'online';
  const { inForce } = mind.revisions;
  const late = mind.spec.nodes.filter(({ id }) => {
    const revision = id === mind.node ? inForce : (selfReport(mind, id)?.revision ?? null);
    return isHeard(id) && (revision === null || compareRevisions(revision, inForce) !== 0);
  });
  if (late.length > 0) return { sentence: `${namesOf(late.map(({ id }) => id))} heard with another revision` };
  const own = configurationOfLine(line);
  const hasLine = (node: string) => {
    const theirs = node === mind.node ? own : selfReport(mind, node)?.configuration;
    return theirs !== undefined && isSameConfiguration(theirs, own);
  };
  const strangers = wanted.voters.filter((voter) => !present.includes(voter) && !hasLine(voter));
  if (strangers.length > 0)
    return {
      sentence: `${namesOf(strangers)} not in this cluster yet: start the daemon there, and let its version be one that can change voters`,
    };
  const isSilent = (node: string) =>
    node === mind.node ? mind.voter.quarantineUntilMs > nowMs : selfReport(mind, node)?.silent === true;
  const ready = wanted.voters.filter((voter) => isHeard(voter) && hasLine(voter) && !isSilent(voter));
  if (ready.length < majorityOf(wanted.voters.length)) {
    return { sentence: `only ${ready.length} of the ${wanted.voters.length} new voters are heard and answer` };
  }
  return isQuorate(mind.holder, nowMs) ? null : { sentence: 'no majority of the present voters answers' };
}

function namesOf(nodes: readonly string[]): string {
  return `${nodes.join(', ')} ${nodes.length === 1 ? 'is' : 'are'}`;
}

/** Says in a condition how far a change is. */
function sayWhere(
  mind: Mind,
  change: {
    readonly line: VoterLine;
    readonly wanted: Offer | null;
    readonly why: string | null;
    readonly isWrong: boolean;
  },
  time: StepTime,
): void {
  const sentence = whereOf(mind, change);
  if (sentence === null) {
    clearCondition(mind.conditions, 'voters-changed');
    return;
  }
  const severity = change.isWrong ? 'error' : change.why === null ? 'info' : 'warning';
  setCondition(mind.conditions, { kind: 'voters-changed', severity, sentence, nowMs: time.nowMs });
}

function whereOf(
  mind: Mind,
  change: { readonly line: VoterLine; readonly wanted: Offer | null; readonly why: string | null },
): string | null {
  const { line, wanted, why } = change;
  const [from = [], to] = line.sets;
  if (to !== undefined) {
    const how =
      mind.voters.sealedSinceMs === null
        ? 'most of the old ones have not said yet that they know'
        : 'what the old ones granted alone must have ended first';
    return `the voters change from ${from.join(', ')} to ${to.join(', ')}; until that is over a lease needs a majority of each, and ${how}`;
  }
  if (wanted === null) return null;
  const what = `the spec wants the voters ${wanted.voters.join(', ')}, and ${from.join(', ')} vote`;
  return why === null ? `${what}; they are agreeing on it` : `${what}; the change waits: ${why}`;
}

function campaign(mind: Mind, line: VoterLine, wanted: Offer, time: StepTime, effects: Effects): void {
  const { voters, holder } = mind;
  const { nowMs } = time;
  const name = `${wanted.revision.generation} ${wanted.revision.hash}`;
  if (voters.ready?.wanted !== name) voters.ready = { wanted: name, sinceMs: nowMs };
  if (!newestSet(line).includes(mind.node) || mind.isLeaving) return;
  if (voters.campaign !== null && voters.campaign.untilMs <= nowMs) giveUp(mind, nowMs);
  if (voters.campaign === null) {
    const before = newestSet(line).filter(
      (voter) =>
        voter < mind.node && liveness(mind, voter, nowMs) === 'online' && selfReport(mind, voter)?.quorate === true,
    );
    const isTurn = nowMs - voters.ready.sinceMs >= before.length * TURN_BEATS * holder.everyMs;
    if (!isTurn || voters.nextTryAtMs > nowMs) return;
    const { promised } = voters.kept.chooser;
    const round = Math.max(promised?.round ?? 0, voters.roundMax);
    voters.campaign = beginCampaign({
      node: mind.node,
      promised: { round, node: mind.node },
      wanted,
      untilMs: nowMs + CAMPAIGN_BEATS * holder.everyMs,
    });
    return propose(mind, time, effects);
  }
  if (nowMs - voters.askedAtMs >= holder.everyMs) propose(mind, time, effects);
}

/** Asks, or offers to, the voters that have not answered yet; this node's own voter answers at once. */
function propose(mind: Mind, time: StepTime, effects: Effects): void {
  const { voters } = mind;
  const { campaign: attempt } = voters;
  if (attempt === null) return;
  voters.askedAtMs = time.nowMs;
  const proposal: Proposal = {
    kind: 'proposal',
    from: mind.node,
    configuration: configurationOfLine(lineOf(mind)),
    ballot: attempt.ballot,
    offer: attempt.offer,
  };
  const open = newestSet(lineOf(mind)).filter((voter) => !attempt.answers.has(voter));
  for (const voter of open) if (voter !== mind.node) sendTo(mind, voter, proposal, effects);
  if (open.includes(mind.node)) takeVote(mind, voteOn(mind, proposal), time, effects);
}

function voteOn(mind: Mind, proposal: Proposal): Vote {
  const { voters } = mind;
  const configuration = configurationOfLine(lineOf(mind));
  const { chooser, vote } = answerProposal(voters.kept.chooser, proposal, { node: mind.node, configuration });
  if (chooser !== voters.kept.chooser) {
    voters.kept = { ...voters.kept, chooser };
    voters.isUnsaved ||= voters.rules.keepVotes;
  }
  return vote;
}

/** A candidate asks, or offers; null when this node does not vote on that. */
export function receiveProposal(mind: Mind, proposal: Proposal, time: StepTime, effects: Effects): Vote | null {
  meet(mind, proposal.from, proposal.configuration, time, effects);
  const line = lineOf(mind);
  if (!line.isFounded || line.sets.length > 1 || !newestSet(line).includes(mind.node)) return null;
  if (!isSameConfiguration(proposal.configuration, configurationOfLine(line))) return null;
  return voteOn(mind, proposal);
}

/** A voter answered a proposal of this node. */
export function receiveVote(mind: Mind, vote: Vote, time: StepTime, effects: Effects): void {
  meet(mind, vote.from, vote.configuration, time, effects);
  if (isSameConfiguration(vote.configuration, configurationOfLine(lineOf(mind)))) takeVote(mind, vote, time, effects);
}

function takeVote(mind: Mind, vote: Vote, time: StepTime, effects: Effects): void {
  const { voters } = mind;
  const line = lineOf(mind);
  if (voters.campaign === null) return;
  const counted = countVote(voters.campaign, vote, newestSet(line));
  switch (counted.kind) {
    case 'counted':
      return;
    case 'outvoted':
      voters.roundMax = Math.max(voters.roundMax, vote.promised.round);
      return giveUp(mind, time.nowMs);
    case 'offered':
      return propose(mind, time, effects);
    case 'chosen':
      return takeLine(mind, joinedLine(line, counted.offer), time, effects);
  }
}

/** The next attempt waits a random time that grows, so that two candidates do not outvote each other for ever. */
function giveUp(mind: Mind, nowMs: number): void {
  const { voters, holder } = mind;
  voters.campaign = null;
  voters.tries = Math.min(voters.tries + 1, 4);
  voters.nextTryAtMs = nowMs + randomBetween(mind.random, 0, holder.everyMs * 2 ** voters.tries);
}
