import { fingerprint } from '../base/fingerprint.js';
import { compareIds } from '../base/order.js';
import type { Configuration } from '../model/voter-line.js';

/** The voter sets in force: one, or two while they change. Something stands when a majority of each stands behind it. */
export type VoterSets = readonly (readonly string[])[];

/** How many of `votes` voters are a majority. */
export function majorityOf(votes: number): number {
  return Math.floor(votes / 2) + 1;
}

/**
 * Until when a majority of the voters stands behind something, given until when each does.
 *
 * Shape: milliseconds of the holder's clock; -Infinity when fewer than a majority do at all.
 */
export function majorityUntil(untilMs: readonly number[], votes: number): number {
  const newestFirst = [...untilMs];
  // Voters are few, and this is asked in every step: nothing is called for each comparison.
  for (let i = 1; i < newestFirst.length; i++) {
    const each = newestFirst[i] ?? 0;
    let at = i;
    for (; at > 0 && (newestFirst[at - 1] ?? 0) < each; at--) newestFirst[at] = newestFirst[at - 1] ?? 0;
    newestFirst[at] = each;
  }
  return newestFirst[majorityOf(votes) - 1] ?? Number.NEGATIVE_INFINITY;
}

/** Until when a majority of each set stands behind something. Shape: as {@link majorityUntil}. */
export function setsUntil(sets: VoterSets, untilOf: (voter: string) => number): number {
  let until = Number.POSITIVE_INFINITY;
  for (const set of sets) until = Math.min(until, majorityUntil(set.map(untilOf), set.length));
  return until;
}

/** Whether a majority of each set is among the voters that something holds for. */
export function haveMajority(sets: VoterSets, holds: (voter: string) => boolean): boolean {
  for (const set of sets) {
    let count = 0;
    for (const voter of set) if (holds(voter)) count += 1;
    if (count < majorityOf(set.length)) return false;
  }
  return true;
}

/** Everybody who is in one of the sets, in order of id. */
export function votersIn(sets: VoterSets): string[] {
  return [...new Set(sets.flat())].sort(compareIds);
}

/** Names the first set of a line in messages, so that nodes that count different voters never take each other's acks. */
export function configurationOf(voters: readonly string[]): Configuration {
  return { phase: 0, hash: fingerprint([...voters].sort(compareIds).join('\n')) };
}

/** Whether two sides count the same voters. */
export function isSameConfiguration(a: Configuration, b: Configuration): boolean {
  return a.phase === b.phase && a.hash === b.hash;
}
