import { createHash } from 'node:crypto';
import type { ClusterSpec } from '../model/cluster-spec.js';

/** A text that somebody may write into a node's file, with what it means; null for one that no node may take for a spec. */
export interface SpecText {
  readonly text: string;
  readonly hash: string;
  readonly spec: ClusterSpec | null;
}

/** A text with its hash. */
export function specText(text: string, spec: ClusterSpec | null): SpecText {
  return { text, hash: createHash('sha256').update(text).digest('hex'), spec };
}

/**
 * What stands in for the parser: the meanings of all texts of a schedule.
 *
 * Specs are plain data that every node shares, as nodes share a text; none of them writes into one.
 */
export class SpecLibrary {
  readonly #byHash = new Map<string, SpecText>();

  constructor(texts: Iterable<SpecText>) {
    for (const each of texts) this.#byHash.set(each.hash, each);
  }

  /** The meaning of a text; null when it is not valid, or not one of ours because it was spoilt on its way. */
  decode(text: string, hash: string): ClusterSpec | null {
    const known = this.#byHash.get(hash);
    return known === undefined || known.text !== text ? null : known.spec;
  }
}
