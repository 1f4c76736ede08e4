import { compareIds } from '../base/order.js';

/**
 * Which spec: a version of the cluster's spec, in a line of descent.
 *
 * Shape: `generation` counts from 1, one above the highest seen when it was proposed; `hash` is the SHA-256 of the spec's text, hexadecimal; `parent` is the
 * hash of the revision it replaced, null for the first.
 */
export interface Revision {
  readonly generation: number;
  readonly hash: string;
  readonly parent: string | null;
}

/**
 * The order of revisions: the highest generation wins, ties by hash, the same on every node.
 *
 * Shape: negative, zero or positive.
 */
export function compareRevisions(a: Revision, b: Revision): number {
  return a.generation - b.generation || compareIds(a.hash, b.hash);
}

/** The short form of a revision's hash, for people: seven hexadecimal digits. */
export function shortHash(hash: string): string {
  return hash.slice(0, 7);
}
