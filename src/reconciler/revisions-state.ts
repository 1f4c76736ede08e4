import { limits } from '../model/limits.js';
import type { Revision } from '../model/revision.js';
import type { Condition } from '../model/status.js';
import type { WantedBy } from '../model/voter-line.js';
import type { DecodeRequest } from './input-effect.js';

/** The spec's way to every node, at one node. Plain data, updated in place. */
export interface RevisionsState {
  inForce: Revision;
  text: string;
  /** Texts of the past, as far as this node knows them. */
  readonly superseded: Map<string, number>;
  /** Highest generation seen anywhere. */
  generationMax: number;
  /** Hash of the watched file now; null while it is not there. */
  fileHash: string | null;
  /** Hash of the watched file when its text was last put in force or found to be of the past; of an earlier life of this node, whatever came of it. */
  fileHashBefore: string | null;
  decoding: DecodeRequest | null;
  /** The newest text that waits for the one being decoded. */
  waiting: DecodeRequest | null;
  fetch: Fetch | null;
  /** A text that could not be looked at, to be decoded again. */
  again: { readonly request: DecodeRequest; readonly atMs: number } | null;
  /** The text that a person proposed once and that was refused last, and why. It is no condition: nothing here waits for it. */
  turnedDown: { readonly hash: string; readonly kind: Condition['kind']; readonly sentence: string } | null;
  /** Revisions that this node cannot take: not asked for again. */
  readonly refused: Set<string>;
  /** The count of changes of the records at which no peer told of a newer revision than the one in force: that one only gets newer. */
  noneNewerAt: number;
}

/** A text that was in force, by its hash, and the generation under which it last was. */
export type Superseded = readonly [hash: string, generation: number];

/** A text on its way from a peer. */
export interface Fetch {
  readonly revision: Revision;
  readonly from: string;
  readonly pieces: Map<number, string>;
  total: number | null;
  received: number;
  askAgainAtMs: number;
}

/** A node whose spec in force is this one. Shape: `spokenOf` is of the voters; it is newer where that revision could not be kept. */
export function beginRevisions(options: {
  readonly revision: Revision;
  readonly spokenOf: WantedBy;
  readonly text: string;
  readonly fileHash: string | null;
  readonly superseded?: readonly Superseded[];
}): RevisionsState {
  return {
    inForce: options.revision,
    text: options.text,
    superseded: new Map(options.superseded ?? []),
    generationMax: Math.max(options.revision.generation, options.spokenOf.generation),
    fileHash: null,
    fileHashBefore: options.fileHash,
    decoding: null,
    waiting: null,
    fetch: null,
    again: null,
    turnedDown: null,
    refused: new Set(),
    noneNewerAt: -1,
  };
}

/** Puts a revision in force, and remembers the one before as superseded. */
export function putInForce(revisions: RevisionsState, revision: Revision): void {
  const { inForce, superseded } = revisions;
  const note = (hash: string, generation: number): void => {
    superseded.set(hash, Math.max(generation, superseded.get(hash) ?? 0));
  };
  note(inForce.hash, inForce.generation);
  // What this node has not seen in force itself: it was down, or several came at once.
  if (revision.parent !== null) note(revision.parent, revision.generation - 1);
  superseded.delete(revision.hash);
  const oldestFirst = [...superseded].sort(([, a], [, b]) => a - b);
  for (const [hash] of oldestFirst.slice(0, -limits.supersededRevisionsMax)) superseded.delete(hash);
  revisions.inForce = revision;
  revisions.generationMax = Math.max(revisions.generationMax, revision.generation);
}

/**
 * Whether a file only catches up with what has been in force before: it moved forward, from one text of the past to a later one.
 *
 * Where every node pulls a repository by itself, the last one to pull would otherwise take the cluster back. A file that moves backward, or away from what is in force, is changed by somebody who wants that.
 */
export function isCatchingUp(revisions: RevisionsState, before: string | null, hash: string): boolean {
  const from = before === null ? undefined : revisions.superseded.get(before);
  const to = revisions.superseded.get(hash);
  return from !== undefined && to !== undefined && from < to;
}
