import { fingerprint } from '../base/fingerprint.js';
import { compareIds } from '../base/order.js';
import type { Configuration } from '../model/message.js';

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
  const newestFirst = [...untilMs].sort((a, b) => b - a);
  return newestFirst[majorityOf(votes) - 1] ?? Number.NEGATIVE_INFINITY;
}

/**
 * Names a voter set in messages, so that nodes that count different voters never take each other's acks.
 *
 * The phase is always 0: until voter sets can change, one set is in force for the cluster's life.
 */
export function configurationOf(voters: readonly string[]): Configuration {
  return { phase: 0, hash: fingerprint([...voters].sort(compareIds).join('\n')) };
}

/** Whether two sides count the same voters. */
export function isSameConfiguration(a: Configuration, b: Configuration): boolean {
  return a.phase === b.phase && a.hash === b.hash;
}
