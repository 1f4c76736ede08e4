import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Revision } from '../model/revision.js';
import { shortHash } from '../model/revision.js';
import type { Store } from '../ports/store.js';
import { votersOf } from '../reconciler/spec-index.js';
import { decodeKeptRevision, decodeMember } from './decode-memory.js';
import type { WorkerThread } from './worker-thread.js';

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
  readonly worker: WorkerThread;
  readonly durable: Store;
  readonly file: FileText | null;
  readonly path: string;
}): Promise<FirstSpec> {
  const { worker, file, durable } = options;
  const kept = decodeKeptRevision(durable.read('revision.json'));
  const keptSpec = kept === null ? null : await decode(worker, { text: kept.text, hash: kept.revision.hash });
  const isChanged =
    file !== null && file.hash !== kept?.revision.hash && file.hash !== decodeMember(durable.read('file.json'), 'hash');
  const fileSpec = file !== null && (isChanged || keptSpec === null) ? await decode(worker, file) : null;
  if (kept !== null && keptSpec !== null && typeof keptSpec !== 'string') {
    const isNewVoterSet =
      fileSpec !== null &&
      typeof fileSpec !== 'string' &&
      votersOf(fileSpec).join('\n') !== votersOf(keptSpec).join('\n');
    if (!isNewVoterSet) return { spec: keptSpec, revision: kept.revision, text: kept.text, isNewVoterSet: false };
  }
  if (file !== null && fileSpec !== null && typeof fileSpec !== 'string') {
    const revision = {
      generation: (kept?.revision.generation ?? 0) + 1,
      hash: file.hash,
      parent: kept?.revision.hash ?? null,
    };
    return { spec: fileSpec, revision, text: file.text, isNewVoterSet: kept !== null };
  }
  const keptWords =
    typeof keptSpec === 'string'
      ? `; the kept revision ${shortHash(kept?.revision.hash ?? '')} is not valid either: ${keptSpec}`
      : '';
  const fileWords =
    file === null
      ? `${options.path} is not there or cannot be read`
      : `${options.path} is not valid: ${String(fileSpec)}`;
  throw new Error(`${fileWords}${keptWords}`);
}

async function decode(worker: WorkerThread, file: FileText): Promise<ClusterSpec | string> {
  const answer = await worker.ask({ kind: 'decode', text: file.text, hash: file.hash });
  return answer.kind === 'spec' ? answer.spec : answer.kind === 'failed' ? answer.sentence : 'it could not be decoded';
}
