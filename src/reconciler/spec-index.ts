import { compareIds, sortedBy } from '../base/order.js';
import type { ClusterSpec, GroupSpec, NodeSpec, ResourceSpec } from '../model/cluster-spec.js';
import { promisedBudgetMs, takeoverMs } from '../model/lease.js';

/** A spec with the look-ups that a mind needs, and what an earlier spec left behind that must still be stopped. */
export interface SpecIndex {
  readonly nodes: ReadonlyMap<string, NodeSpec>;
  readonly groups: ReadonlyMap<string, GroupSpec>;
  readonly resources: ReadonlyMap<string, ResourceSpec>;
  readonly voters: readonly string[];
  /** Per group the resources that a claim of it must list, in order: those of which two must never run. */
  readonly exclusive: ReadonlyMap<string, readonly string[]>;
  /** Groups that nobody else may have before the death of who had them is certain. */
  readonly fenced: ReadonlySet<string>;
  /** The spec to plan with: as written, and the groups that were removed as stopped ones. */
  readonly planned: ClusterSpec;
}

/** What an earlier spec had and the one in force does not, and what may still run here or be held here. */
export interface Leftovers {
  readonly groups: readonly GroupSpec[];
  readonly resources: readonly ResourceSpec[];
}

/** Nothing left over. */
export const noLeftovers: Leftovers = { groups: [], resources: [] };

/** The look-ups of a spec. */
export function specIndex(spec: ClusterSpec, leftovers: Leftovers = noLeftovers): SpecIndex {
  const planned: ClusterSpec =
    leftovers.groups.length === 0
      ? spec
      : {
          ...spec,
          groups: sortedBy([...spec.groups, ...leftovers.groups], (group) => group.id),
          resources: sortedBy([...spec.resources, ...leftovers.resources], (resource) => resource.id),
        };
  const resources = new Map(planned.resources.map((resource) => [resource.id, resource]));
  const exclusiveOf = (group: GroupSpec) =>
    group.members.filter((member) => resources.get(member)?.exclusive !== 'none').sort(compareIds);
  return {
    nodes: new Map(spec.nodes.map((node) => [node.id, node])),
    groups: new Map(planned.groups.map((group) => [group.id, group])),
    resources,
    voters: votersOf(spec),
    exclusive: new Map(planned.groups.map((group) => [group.id, exclusiveOf(group)])),
    fenced: new Set(planned.groups.flatMap((group) => (group.exclusive === 'fencing' ? [group.id] : []))),
    planned,
  };
}

/** What is planned besides the spec. */
export function leftoversIn(index: SpecIndex, spec: ClusterSpec): Leftovers {
  const groups = new Set(spec.groups.map((group) => group.id));
  const resources = new Set(spec.resources.map((resource) => resource.id));
  return {
    groups: index.planned.groups.filter((group) => !groups.has(group.id)),
    resources: index.planned.resources.filter((resource) => !resources.has(resource.id)),
  };
}

/** What an earlier daemon had left over, without what is in the spec again. */
export function stillLeft(leftovers: Leftovers, spec: ClusterSpec): Leftovers {
  const inSpec = new Set(spec.resources.map((resource) => resource.id));
  const names = new Set(spec.groups.map((group) => group.id));
  const groups = leftovers.groups
    .filter((group) => !names.has(group.id))
    .map((group) => ({ ...group, members: group.members.filter((member) => !inSpec.has(member)) }));
  const members = new Set(groups.flatMap((group) => group.members));
  return { groups, resources: leftovers.resources.filter((resource) => members.has(resource.id)) };
}

/** The ids of the nodes that vote, in order. */
export function votersOf(spec: ClusterSpec): string[] {
  return spec.nodes
    .filter((node) => node.votes)
    .map((node) => node.id)
    .sort(compareIds);
}

/** The largest stop budget that a promise for any group covers. */
export function promisedBudgetMsMax(spec: ClusterSpec): number {
  let largest = 0;
  for (const group of spec.groups) largest = Math.max(largest, promisedBudgetMs(group));
  return largest;
}

/** How long a silent voter is waited for under `quorum.onLoss: ignore`; null under the safe policies. */
export function ignoredSilence(spec: ClusterSpec): number | null {
  if (spec.quorum.onLoss !== 'ignore') return null;
  return takeoverMs({
    leaseMs: spec.heartbeat.leaseMs,
    stopBudgetMs: promisedBudgetMsMax(spec),
    drift: spec.heartbeat.clockDrift,
  });
}
