import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Revision } from '../model/revision.js';
import { shortHash } from '../model/revision.js';
import type { Store } from '../ports/store.js';
import { stableJson } from '../base/stable-json.js';
import { firstLine } from '../ownership/line.js';
import { freshChooser } from '../ownership/succession.js';
import { votersOf } from '../reconciler/spec-index.js';
import { decodeKeptRevision } from './decode-memory.js';
import type { SpecCache } from './spec-cache.js';

/** The spec with which a daemon begins. */
export interface FirstSpec {
  readonly spec: ClusterSpec;
  readonly revision: Revision;
  readonly text: string;
  /** It was in force here before: its voters are no guess of a new node. */
  readonly isKnown: boolean;
}

/** The file as it was found at the start; null when it is not there or cannot be read. */
export interface FileText {
  readonly text: string;
  readonly hash: string;
}

/**
 * Chooses the spec to begin with: the revision that was in force, or the file where there is none.
 *
 * A change that was made to the file while the daemon was down becomes a proposal once it runs.
 *
 * Errors: throws one sentence when neither the kept revision nor the file is valid, or when they could not be looked at.
 */
export async function firstSpec(options: {
  readonly cache: SpecCache;
  readonly durable: Store;
  readonly file: FileText | null;
  readonly path: string;
}): Promise<FirstSpec> {
  const { cache, file, durable } = options;
  const kept = decodeKeptRevision(durable.read('revision.json'));
  const keptSpec = kept === null ? null : await cache.decode({ text: kept.text, hash: kept.revision.hash });
  if (kept !== null && keptSpec?.kind === 'spec')
    return { spec: keptSpec.spec, revision: kept.revision, text: kept.text, isKnown: true };
  // Whether it is valid is not known, so nothing takes its place.
  if (kept !== null && keptSpec?.kind === 'unread')
    throw new Error(`the kept revision ${shortHash(kept.revision.hash)} cannot be looked at: ${keptSpec.sentence}`);
  const fileSpec = file === null ? null : await cache.decode(file);
  if (file !== null && fileSpec?.kind === 'spec') {
    const revision = {
      generation: (kept?.revision.generation ?? 0) + 1,
      hash: file.hash,
      parent: kept?.revision.hash ?? null,
    };
    // Before the revision: who has one and no line ran under a version that knew of no lines, and its voters are believed.
    if (durable.read('voters.json') === null) {
      const line = firstLine({ voters: votersOf(fileSpec.spec), revision, isFounded: kept !== null });
      durable.write('voters.json', stableJson({ line, chooser: freshChooser, seal: null }));
    }
    durable.write('revision.json', JSON.stringify({ revision, text: file.text }));
    return { spec: fileSpec.spec, revision, text: file.text, isKnown: false };
  }
  const keptWords =
    keptSpec?.kind === 'undecodable'
      ? `; the kept revision ${shortHash(kept?.revision.hash ?? '')} is not valid either: ${keptSpec.sentence}`
      : '';
  const fileWords =
    fileSpec === null || fileSpec.kind === 'spec'
      ? `${options.path} is not there or cannot be read`
      : `${options.path} ${fileSpec.kind === 'unread' ? 'cannot be looked at' : 'is not valid'}: ${fileSpec.sentence}`;
  throw new Error(`${fileWords}${keptWords}`);
}
