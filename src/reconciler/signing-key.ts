import type { ClusterSpec } from '../model/cluster-spec.js';
import { lastHeardMs } from '../membership/hearing.js';
import type { Mind } from './mind.js';

/** Where a spec's keys are read from, the signing one first, as text: two lists are the same keys when they are equal. */
export function keyNames(spec: ClusterSpec): readonly string[] {
  return spec.heartbeat.keys.map((key) => (key.kind === 'file' ? key.path : `environment variable ${key.name}`));
}

/**
 * Why the keys of a spec are not put in force here; null when nothing speaks against them.
 *
 * Who signs with a key that the others do not have yet is heard by nobody, so the signing key must be one that the revision in force lists already. A node that hears nobody may
 * have missed that revision and takes what its file says.
 */
export function refusalOfKeys(mind: Mind, next: ClusterSpec, nowMs: number): string | null {
  const [signing] = keyNames(next);
  if (signing === undefined || keyNames(mind.spec).includes(signing)) return null;
  const { nodes, heartbeat } = mind.spec;
  const isAlone = nodes.every(({ id }) => nowMs - lastHeardMs(mind.hearing, id) >= heartbeat.leaseMs);
  if (isAlone) return null;
  return `it signs with the key "${signing}", which the revision in force does not list, so no other node could read what this one says; write it behind the present key first, and in front of it in a second change`;
}
