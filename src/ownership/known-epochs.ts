/** The epochs that a node knows of, per lease and per resource, whoever had them; kept after release (R11). */
import type { LeaseKey } from '../model/lease.js';

/** Newest epoch by subject: a lease key, or a resource by {@link resourceSubject}. */
export type KnownEpochs = Map<string, number>;

/** The prefix keeps a group and a resource of one name apart. */
export function resourceSubject(resource: string): string {
  return `resource ${resource}`;
}

/** The newest epoch of a lease and of its resources; 0 when none is known. */
export function newestEpoch(known: KnownEpochs, key: LeaseKey, resources: readonly string[]): number {
  return Math.max(known.get(key) ?? 0, newestResourceEpoch(known, resources));
}

/** The newest epoch of some resources, under whatever lease; 0 when none is known. */
export function newestResourceEpoch(known: KnownEpochs, resources: readonly string[]): number {
  let newest = 0;
  for (const resource of resources) newest = Math.max(newest, known.get(resourceSubject(resource)) ?? 0);
  return newest;
}

/** Notes the epoch of a lease, for itself and for its resources. */
export function noteEpoch(
  known: KnownEpochs,
  lease: { readonly key: LeaseKey; readonly resources: readonly string[]; readonly epoch: number },
): void {
  for (const subject of [lease.key, ...lease.resources.map(resourceSubject)])
    known.set(subject, Math.max(known.get(subject) ?? 0, lease.epoch));
}
