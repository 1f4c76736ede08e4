/** How a line of voter sets begins (R12): each voter of the first set hears all of them, pledges itself, and then nothing stands against it. */
import type { ClusterSpec } from '../model/cluster-spec.js';
import { compareRevisions } from '../model/revision.js';
import type { Configuration, VoterLine, WantedBy } from '../model/voter-line.js';
import { beginningsOf, firstLine, isAtBeginningOf, newestSet } from '../ownership/line.js';
import { isSameConfiguration } from '../ownership/quorum.js';
import { setCondition } from './conditions.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { votersOf } from './spec-index.js';
import { lineOf, takeLine } from './voters.js';

/**
 * Founds the line of a node that has none, once every voter has heard every other one with it.
 *
 * A voter that has heard all of them pledges itself: from then on it takes no other first set. Who has heard all pledge founds the line, and whoever is cut off before it could pledge may begin with other voters.
 */
export function foundLine(mind: Mind, time: StepTime, effects: Effects): void {
  if (lineOf(mind).isFounded) return;
  const { heard, rules } = mind.voters;
  let line = beginningLine(mind, time, effects);
  const others = newestSet(line).filter((voter) => voter !== mind.node);
  const unheard = others.filter((voter) => !isAtBeginningOf(line, heard.get(voter)));
  if (unheard.length > 0)
    return sayBeginning(mind, unheard, 'heard with the same spec, or a cluster that this node joins', time);
  if (rules.pledge && line.isPledged !== true && newestSet(line).includes(mind.node)) {
    line = { ...line, isPledged: true };
    takeLine(mind, line, time, effects);
  }
  const { pledged } = beginningsOf(line);
  const hasPledged = (theirs: Configuration | undefined): boolean =>
    theirs !== undefined && isSameConfiguration(theirs, pledged);
  const unpledged = rules.pledge ? others.filter((voter) => !hasPledged(heard.get(voter))) : [];
  if (unpledged.length > 0) return sayBeginning(mind, unpledged, 'known to have heard all of them too', time);
  const { isPledged: _, ...begun } = line;
  takeLine(mind, { ...begun, isFounded: true }, time, effects);
}

/**
 * This node's line that is not founded, of the revision in force.
 *
 * It never goes back to an earlier one, and keeps its pledge: a start may find an older revision than this node spoke of, where the newer one could not be kept, or the file instead of one that cannot be read.
 */
function beginningLine(mind: Mind, time: StepTime, effects: Effects): VoterLine {
  const own = lineOf(mind);
  const revision = mind.revisions.inForce;
  const wanted = firstLine({ voters: mind.index.voters, revision, isFounded: false });
  const isNewer = compareRevisions(revision, { ...own.revision, parent: null }) > 0;
  if (!isNewer || isBound(mind, own, wanted)) return own;
  const line = own.isPledged === true && isOfOneSet(own, wanted) ? { ...wanted, isPledged: true } : wanted;
  takeLine(mind, line, time, effects);
  return line;
}

function isOfOneSet(a: VoterLine, b: VoterLine): boolean {
  return a.hashes.at(-1) === b.hashes.at(-1);
}

function sayBeginning(mind: Mind, missing: readonly string[], what: string, { nowMs }: StepTime): void {
  const sentence = `a new cluster begins when all its voters have heard each other once: nothing is granted until ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} ${what}`;
  setCondition(mind.conditions, { kind: 'voters-changed', subject: 'founding', severity: 'warning', sentence, nowMs });
}

/** Whether this node must not begin with the voters of another spec, since others may have begun without it. */
export function isBoundOtherwise(mind: Mind, next: ClusterSpec, revision: WantedBy): boolean {
  const line = lineOf(mind);
  return !line.isFounded && isBound(mind, line, firstLine({ voters: votersOf(next), revision, isFounded: false }));
}

/**
 * Whether others may have founded a line, by this node's pledge or, where it is no voter of it, without any word of it, so that it does not begin another one.
 *
 * Nobody can, once a voter of it is known to begin otherwise: that one had not pledged itself, or was released by another one in its turn.
 */
function isBound(mind: Mind, line: VoterLine, wanted: VoterLine): boolean {
  if (isOfOneSet(line, wanted)) return false;
  if (line.isPledged !== true && newestSet(line).includes(mind.node)) return false;
  return !newestSet(line).some((voter) => isAtBeginningOf(wanted, mind.voters.heard.get(voter)));
}
