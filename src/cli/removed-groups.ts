/**
 * What runs by an earlier spec and is not in this one: it is stopped, and a dry run must say so.
 */
import { compareIds, sortedBy } from '../base/order.js';
import type { ClusterSpec, GroupSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { ObservedCluster, ResourceObservation } from '../model/observation.js';
import type { Place } from '../model/source.js';

/** Which resources belonged to which group, as the daemon tells it. */
export interface FormerGroup {
  readonly group: string;
  readonly members: readonly string[];
}

/** What to plan with: the spec as written with what was removed as groups that are to be stopped, and the observation with what follows for them. */
export interface SpecWithRemoved {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly removed: readonly string[];
}

/** Adds what is observed and not in the spec. Shape: `place` stands for the spec as a whole. */
export function withRemovedGroups(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly former: readonly FormerGroup[];
  readonly place: Place;
}): SpecWithRemoved {
  const { spec, observed, former, place } = options;
  const inSpec = new Set(spec.groups.map((group) => group.id));
  const known = new Set(spec.resources.map((resource) => resource.id));
  const isLeft = (resource: string): boolean =>
    observed.resources.some(
      (seen) => seen.resource === resource && seen.state !== 'stopped' && seen.state !== 'unknown',
    );
  const groups = new Map<string, string[]>();
  for (const { group, members } of former) {
    const gone = members.filter((member) => !known.has(member));
    const isHeld = observed.leases.some((lease) => lease.group === group);
    if (!inSpec.has(group) && (isHeld || gone.some(isLeft))) groups.set(group, gone);
  }
  for (const { group } of observed.leases) {
    if (!inSpec.has(group) && !groups.has(group)) groups.set(group, []);
  }
  const placed = new Set([...groups.values()].flat());
  for (const { resource } of observed.resources) {
    if (known.has(resource) || placed.has(resource) || !isLeft(resource)) continue;
    placed.add(resource);
    if (!inSpec.has(resource) && !groups.has(resource)) groups.set(resource, [resource]);
  }
  if (groups.size === 0) return { spec, observed, removed: [] };
  const removed = [...groups.keys()].sort(compareIds);
  const left = removed.map((id) => formerGroup(id, groups.get(id) ?? [], place));
  const resources = left.flatMap((group) => group.members.map((id) => formerResource(id, group.id, place)));
  return {
    removed,
    observed: withStopped(
      observed,
      resources.map((resource) => resource.id),
    ),
    spec: {
      ...spec,
      groups: sortedBy([...spec.groups, ...left], (group) => group.id),
      resources: sortedBy([...spec.resources, ...resources], (resource) => resource.id),
    },
  };
}

/** Only a node that tells of a removed resource has it; the others are not asked. */
function withStopped(observed: ObservedCluster, removed: readonly string[]): ObservedCluster {
  const told = new Set(observed.resources.map(({ resource, node }) => JSON.stringify([resource, node])));
  const missing = removed.flatMap((resource) =>
    observed.nodes
      .filter(({ node }) => !told.has(JSON.stringify([resource, node])))
      .map(
        ({ node }): ResourceObservation => ({
          resource,
          node,
          state: 'stopped',
          busy: false,
          failures: 0,
          banned: false,
          blocked: false,
        }),
      ),
  );
  return missing.length === 0 ? observed : { ...observed, resources: [...observed.resources, ...missing] };
}

function formerGroup(id: string, members: readonly string[], place: Place): GroupSpec {
  return {
    id,
    members,
    desired: 'stopped',
    prefer: [],
    require: [],
    avoid: [],
    requires: [],
    after: [],
    with: [],
    apart: [],
    failback: 'never',
    // biome-ignore lint/suspicious/noThenProperty: that is what the field is called.
    failurePolicy: { restarts: 0, withinMs: 0, then: 'stop', forgetAfterMs: 0 },
    stopBudgetMs: 0,
    exclusive: 'lease',
    place,
  };
}

/** Only its name counts here: nothing is started by it, and the node that runs it knows how to stop it. */
function formerResource(id: string, group: string, place: Place): ResourceSpec {
  return {
    id,
    group,
    type: 'builtin:noop',
    params: {},
    monitors: [],
    checks: [],
    timeouts: { startMs: 0, stopMs: 0, monitorMs: 0 },
    onFail: { monitor: 'stop', start: 'stop', stop: 'block' },
    exclusive: 'lease',
    place,
  };
}
