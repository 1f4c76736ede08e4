import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Revision } from '../model/revision.js';
import { shortHash } from '../model/revision.js';
import type { Store } from '../ports/store.js';
import type { Superseded } from '../reconciler/revisions-state.js';
import type { DecodeResult } from '../runtime/driver.js';
import { decodeKeptRevision } from './decode-memory.js';
import type { SpecCache } from './spec-cache.js';

/** The spec with which a daemon begins. */
export interface FirstSpec {
  readonly spec: ClusterSpec;
  readonly revision: Revision;
  readonly text: string;
  readonly superseded: readonly Superseded[];
}

/** The file as it was found at the start; null when it is not there or cannot be read. */
export interface FileText {
  readonly text: string;
  readonly hash: string;
}

/**
 * Chooses the spec to begin with: the revision that was in force, or the file where there is none. One that does not have the node is passed over, as where a node was taken out and is put in again.
 *
 * A change that was made to the file while the daemon was down becomes a proposal once it runs.
 *
 * Shape: `keep` keeps what is new here in the state directory, for when nothing is in the way of the start any more; a start that fails leaves nothing behind that the next one would take for what was in force.
 * Errors: throws one sentence when neither the kept revision nor the file is valid and has the node, when they are of two clusters, or when they could not be looked at.
 */
export async function firstSpec(options: {
  readonly cache: SpecCache;
  readonly durable: Store;
  readonly file: FileText | null;
  readonly path: string;
  readonly stateDir: string;
  readonly node: string;
}): Promise<{ readonly first: FirstSpec; readonly keep: () => void }> {
  const { cache, file, durable, node } = options;
  const hasNode = ({ nodes }: ClusterSpec): boolean => nodes.some(({ id }) => id === node);
  const kept = decodeKeptRevision(durable.read('revision.json'));
  const keptSpec = kept === null ? null : await cache.decode({ text: kept.text, hash: kept.revision.hash });
  if (kept !== null && keptSpec?.kind === 'spec' && hasNode(keptSpec.spec)) {
    return { first: { spec: keptSpec.spec, ...kept }, keep: () => undefined };
  }
  // Whether it is valid is not known, so nothing takes its place.
  if (kept !== null && keptSpec?.kind === 'unread')
    throw new Error(`the kept revision ${shortHash(kept.revision.hash)} cannot be looked at: ${keptSpec.sentence}`);
  const fileSpec = file === null ? null : await cache.decode(file);
  if (file === null || fileSpec?.kind !== 'spec' || !hasNode(fileSpec.spec))
    throw new Error(whyNone({ ...options, kept: keptSpec, keptHash: kept?.revision.hash ?? '', inFile: fileSpec }));
  const { spec } = fileSpec;
  if (keptSpec?.kind === 'spec' && keptSpec.spec.name !== spec.name) {
    throw new Error(
      `${options.path} is of the cluster "${spec.name}", and ${options.stateDir} of "${keptSpec.spec.name}"; give this daemon another --state-dir and --run-dir`,
    );
  }
  const revision = {
    generation: (kept?.revision.generation ?? 0) + 1,
    hash: file.hash,
    parent: kept?.revision.hash ?? null,
  };
  const keep = (): void => durable.write('revision.json', JSON.stringify({ revision, text: file.text }));
  return { first: { spec, revision, text: file.text, superseded: [] }, keep };
}

/** Why a daemon has no spec to begin with. */
function whyNone(options: {
  readonly path: string;
  readonly node: string;
  readonly kept: DecodeResult | null;
  readonly keptHash: string;
  readonly inFile: DecodeResult | null;
}): string {
  const { path, node, kept, inFile } = options;
  if (inFile?.kind === 'spec') {
    const known = inFile.spec.nodes.map(({ id }) => id).join(', ');
    return `the spec has no node "${node}"; start with --node and one of ${known}`;
  }
  const fileWords =
    inFile === null
      ? `${path} is not there or cannot be read`
      : `${path} ${inFile.kind === 'unread' ? 'cannot be looked at' : 'is not valid'}: ${inFile.sentence}`;
  if (kept === null) return fileWords;
  const keptWords = kept.kind === 'spec' ? `has no node "${node}"` : `is not valid either: ${kept.sentence}`;
  return `${fileWords}; the kept revision ${shortHash(options.keptHash)} ${keptWords}`;
}
