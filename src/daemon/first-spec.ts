import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Revision } from '../model/revision.js';
import { shortHash } from '../model/revision.js';
import type { Store } from '../ports/store.js';
import { votersOf } from '../reconciler/spec-index.js';
import { decodeKeptRevision, decodeMember } from './decode-memory.js';
import type { SpecCache } from './spec-cache.js';

/** The spec with which a daemon begins. */
export interface FirstSpec {
  readonly spec: ClusterSpec;
  readonly revision: Revision;
  readonly text: string;
  /** The file that was changed while no daemon ran has other voters than what was in force. */
  readonly isNewVoterSet: boolean;
}

/** The file as it was found at the start; null when it is not there or cannot be read. */
export interface FileText {
  readonly text: string;
  readonly hash: string;
}

/**
 * Chooses the spec to begin with: the revision that was in force, or the file where there is none.
 *
 * A change that was made to the file while the daemon was down becomes a proposal once it runs. Only one that changes the voters, which no running cluster can take, is begun with
 * at once: it is how voters are changed, with every daemon stopped.
 *
 * Errors: throws one sentence when neither the kept revision nor the file is valid.
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
  const isChanged =
    file !== null && file.hash !== kept?.revision.hash && file.hash !== decodeMember(durable.read('file.json'), 'hash');
  const fileSpec = file !== null && (isChanged || keptSpec?.kind !== 'spec') ? await cache.decode(file) : null;
  if (kept !== null && keptSpec?.kind === 'spec') {
    const isNewVoterSet = fileSpec?.kind === 'spec' && hasOtherVoters(fileSpec.spec, keptSpec.spec);
    if (!isNewVoterSet) return { spec: keptSpec.spec, revision: kept.revision, text: kept.text, isNewVoterSet: false };
  }
  if (file !== null && fileSpec?.kind === 'spec') {
    const revision = {
      generation: (kept?.revision.generation ?? 0) + 1,
      hash: file.hash,
      parent: kept?.revision.hash ?? null,
    };
    durable.write('revision.json', JSON.stringify({ revision, text: file.text }));
    return { spec: fileSpec.spec, revision, text: file.text, isNewVoterSet: kept !== null };
  }
  const keptWords =
    keptSpec?.kind === 'undecodable'
      ? `; the kept revision ${shortHash(kept?.revision.hash ?? '')} is not valid either: ${keptSpec.sentence}`
      : '';
  const fileWords =
    fileSpec?.kind === 'undecodable'
      ? `${options.path} is not valid: ${fileSpec.sentence}`
      : `${options.path} is not there or cannot be read`;
  throw new Error(`${fileWords}${keptWords}`);
}

function hasOtherVoters(a: ClusterSpec, b: ClusterSpec): boolean {
  return votersOf(a).join('\n') !== votersOf(b).join('\n');
}
