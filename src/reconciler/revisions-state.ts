import type { Revision } from '../model/revision.js';
import type { DecodeRequest } from './input-effect.js';

/** The spec's way to every node, at one node. Plain data, updated in place. */
export interface RevisionsState {
  inForce: Revision;
  text: string;
  /** Highest generation seen anywhere. */
  generationMax: number;
  /** Hash of the watched file now; null while it is not there. */
  fileHash: string | null;
  /** Hash of the watched file when an earlier life of this node last looked. */
  readonly fileHashBefore: string | null;
  decoding: DecodeRequest | null;
  /** The newest text that waits for the one being decoded. */
  waiting: DecodeRequest | null;
  fetch: Fetch | null;
  /** A text that could not be looked at, to be decoded again. */
  again: { readonly request: DecodeRequest; readonly atMs: number } | null;
  /** Revisions that this node cannot take: not asked for again. */
  readonly refused: Set<string>;
  /** The count of changes of the records at which no peer told of a newer revision than the one in force: that one only gets newer. */
  noneNewerAt: number;
}

/** A text on its way from a peer. */
export interface Fetch {
  readonly revision: Revision;
  readonly from: string;
  readonly pieces: Map<number, string>;
  total: number | null;
  received: number;
  askAgainAtMs: number;
}

/** A node whose spec in force is this one. */
export function beginRevisions(options: {
  readonly revision: Revision;
  readonly text: string;
  readonly fileHash: string | null;
}): RevisionsState {
  return {
    inForce: options.revision,
    text: options.text,
    generationMax: options.revision.generation,
    fileHash: null,
    fileHashBefore: options.fileHash,
    decoding: null,
    waiting: null,
    fetch: null,
    again: null,
    refused: new Set(),
    noneNewerAt: -1,
  };
}
