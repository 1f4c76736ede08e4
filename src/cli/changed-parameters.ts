/**
 * What runs by the spec in force and has other parameters in this one: nodes will say so once it is theirs, and a dry run must say it before.
 */
import type { ClusterSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { ObservedCluster, ResourceObservation } from '../model/observation.js';
import { isSameDefinition } from '../model/same-definition.js';

/** The observation as it will be when `next` has taken the place of `inForce`. */
export function withChangedParameters(
  observed: ObservedCluster,
  { inForce, next }: { readonly inForce: ClusterSpec; readonly next: ClusterSpec },
): ObservedCluster {
  const before = new Map(inForce.resources.map((resource) => [resource.id, resource]));
  const changed = new Set(next.resources.filter((resource) => isChanged(resource, before)).map(({ id }) => id));
  if (changed.size === 0) return observed;
  return {
    ...observed,
    resources: observed.resources.map((seen) => (changed.has(seen.resource) ? after(seen) : seen)),
  };
}

function isChanged(resource: ResourceSpec, before: ReadonlyMap<string, ResourceSpec>): boolean {
  const known = before.get(resource.id);
  return known !== undefined && !isSameDefinition(known, resource);
}

/** Failures of other parameters count no more, but for a failed stop. */
function after(seen: ResourceObservation): ResourceObservation {
  const outdated = seen.state === 'running' ? { outdated: true } : {};
  if (seen.blocked) return { ...seen, ...outdated };
  const { reason: _, backingOff: __, halted: ___, ...rest } = seen;
  return { ...rest, failures: 0, banned: false, ...outdated };
}
