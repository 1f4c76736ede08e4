/** How what needs fencing outlives a change of the voters (R12, R14): no time ends it, so waiting is not enough. */
import { configurationOfLine, newestSet } from '../ownership/line.js';
import { haveMajority } from '../ownership/quorum.js';
import type { Mind } from './mind.js';
import { selfReport } from './observe.js';

/** Whether a majority of the newer of two voter sets has recorded all that this node holds and that needs fencing. */
export function isCarried(mind: Mind): boolean {
  const { line } = mind.voters.kept;
  if (line.sets.length < 2) return false;
  const newest = newestSet(line);
  for (const held of mind.holder.held.values()) {
    if (!held.needsFencing || held.state === 'claim') continue;
    if (!haveMajority([newest], (voter) => held.ackUntilMs.has(voter))) return false;
  }
  return true;
}

/**
 * Whether this node's voter may say that it is sealed: everybody to whom it stands by a promise that no time ends said that the newer set has it too, or is certified to be dead.
 *
 * Whoever holds such a lease by the older set alone has the promise of a voter in any majority of seals, so the newer set is never in force alone without knowing of it.
 */
export function mayTellSeal(mind: Mind): boolean {
  if (!mind.fencing.rules.carry) return true;
  const { phase } = configurationOfLine(mind.voters.kept.line);
  for (const promise of mind.voter.promises.values()) {
    if (!promise.needsFencing) continue;
    const self = promise.node === mind.node ? ownReport(mind, phase) : selfReport(mind, promise.node);
    if (self?.incarnation !== promise.incarnation || self.carried !== phase) return false;
  }
  return true;
}

function ownReport(mind: Mind, phase: number): { readonly incarnation: string; readonly carried?: number } {
  const { incarnation } = mind.holder;
  return isCarried(mind) ? { incarnation, carried: phase } : { incarnation };
}
