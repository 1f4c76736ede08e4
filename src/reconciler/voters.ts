/** Which voters this node counts (R12): it takes over a longer line, and finishes a change. How a line begins stands in `founding.ts`, the asking for a change in `voter-change.ts`. */
import { takeoverMs } from '../model/lease.js';
import type { Configuration, LineMessage, Seal, VoterLine } from '../model/voter-line.js';
import { recordValue } from '../membership/records.js';
import { countVoters } from '../ownership/count-voters.js';
import { compareLines, configurationOfLine, finishedLine, isAtBeginningOf, newestSet } from '../ownership/line.js';
import { forgetPromises } from '../ownership/promise-end.js';
import { isSameConfiguration, majorityOf } from '../ownership/quorum.js';
import { freshChooser } from '../ownership/succession.js';
import { mayTellSeal } from './carried.js';
import { clearCondition, forgetConditions, setCondition } from './conditions.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';
import { selfReport } from './observe.js';
import { longestOf } from './promised-lengths.js';
import { longestNow } from './save.js';
import { sendTo } from './send.js';

/** Up to how many nodes a new line is sent to all at once; larger clusters leave it to whom each node asks. Ours. */
const TELL_ALL_MAX = 32;

/** The line that this node counts by. */
export function lineOf(mind: Mind): VoterLine {
  return mind.voters.kept.line;
}

/** Finishes a change that has waited long enough. */
export function followVoters(mind: Mind, time: StepTime, effects: Effects): void {
  const line = lineOf(mind);
  if (line.isFounded && line.sets.length > 1) finish(mind, line, time, effects);
}

/** R12: the newest set alone, when a majority of the old one is sealed and what it had granted alone has surely ended. */
function finish(mind: Mind, line: VoterLine, time: StepTime, effects: Effects): void {
  const { voters } = mind;
  const [old = []] = line.sets;
  const seals = old.flatMap((voter) => sealOf(mind, voter) ?? []);
  if (voters.rules.sealedMajority && seals.length < majorityOf(old.length)) {
    voters.sealedSinceMs = null;
    return;
  }
  voters.sealedSinceMs ??= time.nowMs;
  const drift = mind.spec.heartbeat.clockDrift;
  const own = sealNow(mind, time.nowMs);
  const longest = (of: (seal: Seal) => number) => Math.max(...[own, ...seals].map(of));
  const waitMs = takeoverMs({
    leaseMs: longest((seal) => seal.leaseMs),
    stopBudgetMs: longest((seal) => seal.stopBudgetMs),
    drift,
  });
  if (voters.rules.wait && time.nowMs - voters.sealedSinceMs < waitMs) return;
  takeLine(
    mind,
    finishedLine(
      line,
      longest((seal) => seal.epochMax),
    ),
    time,
    effects,
  );
}

/** What a voter of the old set tells with its seal; null while it is not known to be sealed. */
function sealOf(mind: Mind, voter: string): Seal | null {
  if (voter === mind.node) return mayTellSeal(mind) ? mind.voters.kept.seal : null;
  const value = recordValue(mind.records, voter, 'seal');
  if (value?.kind !== 'seal') return null;
  return isSameConfiguration(value.configuration, configurationOfLine(lineOf(mind))) ? value.seal : null;
}

function sealNow(mind: Mind, nowMs: number): Seal {
  const now = longestNow(mind, nowMs);
  const past = longestOf(mind.promised.all);
  return {
    leaseMs: Math.max(now.leaseMs, past.leaseMs),
    stopBudgetMs: Math.max(now.stopBudgetMs, past.stopBudgetMs),
    epochMax: Math.max(mind.voter.epochFloor, ...mind.voter.epochMax.values()),
  };
}

/** Counts by another line from now on. It is kept before this step says anything. */
export function takeLine(mind: Mind, line: VoterLine, time: StepTime, effects: Effects): void {
  const { voters, holder, voter } = mind;
  const before = configurationOfLine(lineOf(mind));
  const configuration = configurationOfLine(line);
  const isJoint = line.sets.length > 1;
  const epochFloor = Math.max(line.epochFloor, lineOf(mind).epochFloor);
  voters.kept = {
    line: { ...line, epochFloor },
    chooser: freshChooser,
    // Before the floor changes, and of the promises as they are: from now on this voter takes no heartbeat of the old set alone.
    seal: isJoint ? sealNow(mind, time.nowMs) : null,
  };
  voters.isUnsaved = true;
  voters.campaign = null;
  voters.roundMax = 0;
  voters.tries = 0;
  voters.sealedSinceMs = null;
  voters.told.clear();
  const sets = isJoint && !voters.rules.joint ? line.sets.slice(-1) : line.sets;
  countVoters(holder, { sets, configuration, epochFloor, nowMs: time.nowMs });
  forgetConditions(mind.conditions, 'clock', new Set(holder.voters));
  voter.configuration = configuration;
  voter.epochFloor = epochFloor;
  voter.isVoting = line.isFounded && line.sets.some((set) => set.includes(mind.node));
  if (!line.isFounded) return;
  if (!voter.isVoting) forgetPromises(voter);
  for (const kind of ['voters-changed', 'voters-forked'] as const) {
    for (const { id } of mind.spec.nodes) clearCondition(mind.conditions, kind, id);
  }
  clearCondition(mind.conditions, 'voters-changed', 'founding');
  // A spec that could not be taken for its voters may be by now.
  mind.revisions.refused.clear();
  if (mind.spec.nodes.length <= TELL_ALL_MAX) for (const { id } of mind.spec.nodes) tellLine(mind, id, time, effects);
  if (!isSameConfiguration(before, configuration) || line.number + line.sets.length === 1)
    log(effects, 'info', describeLine(line));
}

function describeLine(line: VoterLine): string {
  const [from = [], to] = line.sets;
  if (to === undefined) return `voter set ${line.number} is in force: ${from.join(', ')}`;
  return `the voters change from ${from.join(', ')} to ${to.join(', ')}: a majority of each is needed until that is over`;
}

/** Sends this node's line to a peer, unless it was sent the same a moment ago: who comes back from a pause answers hundreds of old messages at once. */
export function tellLine(mind: Mind, to: string, time: StepTime, effects: Effects): void {
  const { told } = mind.voters;
  if (time.nowMs - (told.get(to) ?? Number.NEGATIVE_INFINITY) < mind.holder.everyMs / 2) return;
  told.set(to, time.nowMs);
  sendTo(mind, to, { kind: 'line', from: mind.node, line: lineOf(mind) }, effects);
}

/** Tells once a beat those whose record says that they are behind. */
export function tellWhoIsBehind(mind: Mind, time: StepTime, effects: Effects): void {
  const line = lineOf(mind);
  if (!line.isFounded) return;
  const own = configurationOfLine(line);
  for (const { id } of mind.spec.nodes) {
    if (id === mind.node) continue;
    const theirs = selfReport(mind, id)?.configuration;
    const isBehind = theirs !== undefined && theirs.phase <= own.phase && !isSameConfiguration(theirs, own);
    if (isBehind) tellLine(mind, id, time, effects);
  }
}

/** A message names which voters its sender counts: who is behind is told. */
export function meet(mind: Mind, from: string, theirs: Configuration, time: StepTime, effects: Effects): void {
  const line = lineOf(mind);
  if (line.isFounded) {
    const own = configurationOfLine(line);
    if (isSameConfiguration(own, theirs)) clearMeeting(mind, from);
    else if (theirs.phase <= own.phase) tellLine(mind, from, time, effects);
    return;
  }
  const before = mind.voters.heard.get(from);
  mind.voters.heard.set(from, theirs);
  // It may release this node from what kept it from a revision.
  if (before === undefined || !isSameConfiguration(before, theirs)) mind.revisions.refused.clear();
  if (isAtBeginningOf(line, theirs)) return clearMeeting(mind, from);
  const sentence = `${from} begins with other voters, or with another revision of the spec, than this node (${newestSet(line).join(', ')} here), so neither grants anything to the other; give both the same spec`;
  setCondition(mind.conditions, {
    kind: 'voters-changed',
    severity: 'warning',
    subject: from,
    sentence,
    nowMs: time.nowMs,
  });
}

function clearMeeting(mind: Mind, from: string): void {
  for (const kind of ['voters-changed', 'voters-forked'] as const) clearCondition(mind.conditions, kind, from);
}

/** A peer told its line: a longer one is taken over, a shorter one answered, another history refused. */
export function receiveLine(mind: Mind, message: LineMessage, time: StepTime, effects: Effects): void {
  const { from, line } = message;
  switch (compareLines(lineOf(mind), line)) {
    case 'ahead':
      return takeLine(mind, line, time, effects);
    case 'behind':
      return tellLine(mind, from, time, effects);
    case 'forked':
      return sayForked(mind, from, line, time, effects);
    case 'same':
      if (line.epochFloor > lineOf(mind).epochFloor) raiseFloor(mind, line.epochFloor);
      return;
    case 'strange':
      return;
  }
}

function raiseFloor(mind: Mind, epochFloor: number): void {
  const { voters } = mind;
  voters.kept = { ...voters.kept, line: { ...voters.kept.line, epochFloor } };
  voters.isUnsaved = true;
  mind.holder.epochFloor = epochFloor;
  mind.voter.epochFloor = epochFloor;
}

function sayForked(mind: Mind, from: string, theirs: VoterLine, time: StepTime, effects: Effects): void {
  const sentence = `FORKED: ${from} has another history of voter sets than this node (set ${theirs.number} is ${newestSet(theirs).join(', ')} there, set ${lineOf(mind).number} is ${newestSet(lineOf(mind)).join(', ')} here), so nothing is granted from one side to the other; find out which side is right, stop the daemons of the other, remove voters.json and revision.json from their state directories, and start them`;
  const isNew = setCondition(mind.conditions, {
    kind: 'voters-forked',
    severity: 'error',
    subject: from,
    sentence,
    nowMs: time.nowMs,
  });
  if (!isNew) return;
  log(effects, 'error', sentence);
  // So that the other side is alarmed too.
  tellLine(mind, from, time, effects);
}
