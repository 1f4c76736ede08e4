/**
 * Stage 1, before anything is observed: the spec by numbers.
 */
import { sortedBy } from '../base/order.js';
import type { ClusterSpec, GroupSpec, NodeSpec, Requirement, ResourceSpec } from '../model/cluster-spec.js';

/** What is true of a spec by numbers, whatever is observed. */
export interface SpecNumbers {
  /** In order of id, as all the lists are. */
  readonly nodes: readonly NodeSpec[];
  readonly nodeNames: readonly string[];
  readonly nodeNumbers: ReadonlyMap<string, number>;
  readonly groups: readonly GroupSpec[];
  readonly groupNumbers: ReadonlyMap<string, number>;
  /** Pings and checks of nodes alike. */
  readonly pings: readonly Requirement[];
  readonly pingNumbers: ReadonlyMap<string, number>;
  readonly resources: readonly ResourceSpec[];
  /** The resources of a group in the order of their start. */
  readonly members: readonly Int32Array[];
  readonly resourceNumbers: ReadonlyMap<string, number>;
  /** The group of each resource; -1 for none. */
  readonly groupOf: Int32Array;
}

/** Of each spec that was planned with: the same one is planned with again and again while it is in force. */
const numbered = new WeakMap<ClusterSpec, SpecNumbers>();

/** The numbers of a spec. */
export function numbersOfSpec(spec: ClusterSpec): SpecNumbers {
  const known = numbered.get(spec);
  if (known !== undefined) return known;
  const nodes = sortedBy(spec.nodes, (node) => node.id);
  const groups = sortedBy(spec.groups, (group) => group.id);
  const resources = sortedBy(spec.resources, (resource) => resource.id);
  const pings = sortedBy<Requirement>([...spec.pings, ...spec.checks], (ping) => ping.id);
  const resourceNumbers = numbersOf(resources.map((resource) => resource.id));
  const nodeNames = nodes.map((node) => node.id);
  const members = groups.map((group) =>
    Int32Array.from(group.members.map((id) => resourceNumbers.get(id) ?? -1)).filter((number) => number >= 0),
  );
  const groupOf = new Int32Array(resources.length).fill(-1);
  members.forEach((list, group) => {
    for (const resource of list) groupOf[resource] = group;
  });
  const numbers: SpecNumbers = {
    nodes,
    nodeNames,
    nodeNumbers: numbersOf(nodeNames),
    groups,
    groupNumbers: numbersOf(groups.map((group) => group.id)),
    pings,
    pingNumbers: numbersOf(pings.map((ping) => ping.id)),
    resources,
    resourceNumbers,
    members,
    groupOf,
  };
  numbered.set(spec, numbers);
  return numbers;
}

/** Numbers by id, in the order of the ids. */
export function numbersOf(ids: readonly string[]): Map<string, number> {
  return new Map(ids.map((id, number) => [id, number]));
}
