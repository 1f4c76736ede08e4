/**
 * Stage 1, present state: names become numbers.
 *
 * Everything after this stage finds a node, group, resource or ping by its number, and a resource on a node by its cell, so that no inner loop looks up a text. Numbers
 * follow the order of ids: a lower number is the lower id.
 */
import { compareIds } from '../base/order.js';
import type { AttributesOfNode } from '../model/attribute-probe.js';
import { attributesByNode } from '../model/attribute-probe.js';
import type { ClusterSpec, GroupSpec, NodeSpec, Requirement, ResourceSpec } from '../model/cluster-spec.js';
import type { LeaseState } from '../model/lease.js';
import type { FencingObservation, ObservedCluster, ResourceObservation, ResourceState } from '../model/observation.js';
import type { SpecNumbers } from './spec-numbers.js';
import { numbersOf, numbersOfSpec } from './spec-numbers.js';

/** What the planner plans from. */
export interface PlanInput {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
}

/** Resource states as numbers; those from `starting` on mean that something may run. */
export const stateNumbers = { unknown: 0, stopped: 1, starting: 2, running: 3, failed: 4, stopping: 5 } as const;

/** Liveness as numbers. */
export const livenessNumbers = { unknown: 0, online: 1, offline: 2 } as const;

/** What a node remembers of a resource, as bits of one number. */
export const flagBits = { banned: 1, blocked: 2, backingOff: 4, reloadable: 8 } as const;

/** A lease by the number of its holder. */
export interface PresentLease {
  readonly node: number;
  readonly epoch: number;
  readonly state: LeaseState;
}

/**
 * The spec and the observation by numbers.
 *
 * Shape: nodes of the spec have the numbers below `nodeCount`; strangers that hold leases come after them and count as offline. A cell is `resource * nodeCount + node`,
 * a ping cell `ping * nodeCount + node`. Lists by group stand in order of node; leases newest epoch first.
 */
export interface Present {
  readonly spec: ClusterSpec;
  /** The node whose view this is; -1 for a view put together by hand. */
  readonly self: number;
  readonly nodes: readonly NodeSpec[];
  readonly nodeNames: readonly string[];
  readonly nodeCount: number;
  readonly groups: readonly GroupSpec[];
  readonly groupNumbers: ReadonlyMap<string, number>;
  readonly nodeNumbers: ReadonlyMap<string, number>;
  /** Pings and checks of nodes alike: both are a number on each node, of which there is enough or not. */
  readonly pings: readonly Requirement[];
  readonly pingNumbers: ReadonlyMap<string, number>;
  readonly resources: readonly ResourceSpec[];
  /** The resources of a group in the order of their start. */
  readonly members: readonly Int32Array[];
  readonly liveness: Uint8Array;
  readonly leaving: Uint8Array;
  /** By node: 1 for one that left in order. */
  readonly hasLeft: Uint8Array;
  /** 1 quorate, 0 not, -1 not known. */
  readonly quorate: Int8Array;
  /** State by cell. */
  readonly state: Uint8Array;
  /** Flags by cell. */
  readonly flags: Uint8Array;
  /** The observation behind a cell with flags or failures. */
  readonly troubles: ReadonlyMap<number, ResourceObservation>;
  /** Hosts that answer, by ping cell; -1 for not known. */
  readonly reach: Int32Array;
  /** What nodes have as attributes, by name of node; nodes without any are left out. For the words of checks: what counts is said by the nodes themselves. */
  readonly attributes: ReadonlyMap<string, AttributesOfNode>;
  /** By ping cell: -1 while rounds find less than what is said, 1 while they find more, 0 otherwise. */
  readonly turning: Int8Array;
  readonly leases: readonly (readonly PresentLease[])[];
  /** By node, how it stands with its fence; nodes that are not to be fenced are left out. */
  readonly fencing: ReadonlyMap<number, FencingObservation>;
  /** Nodes on which a member may run. */
  readonly activeOn: readonly (readonly number[])[];
  /** Nodes on which a member is banned. */
  readonly bannedOn: readonly (readonly number[])[];
  /** Nodes on which a member's stop failed. */
  readonly blockedOn: readonly (readonly number[])[];
  /** By group, the member that failed in a way that keeps the group down everywhere. */
  readonly haltedBy: ReadonlyMap<number, ResourceObservation>;
}

/** Names become numbers; what is observed of things that the spec does not know is left out, save who holds a lease. */
export function readPresent(input: PlanInput): Present {
  const { spec, observed } = input;
  const numbers = numbersOfSpec(spec);
  const { nodes, groups, groupNumbers, pings, pingNumbers, resources, members } = numbers;
  let { nodeNames, nodeNumbers } = numbers;
  const strangers = new Set<string>();
  for (const lease of observed.leases) if (!nodeNumbers.has(lease.node)) strangers.add(lease.node);
  if (strangers.size > 0) {
    nodeNames = [...nodeNames, ...[...strangers].sort()];
    nodeNumbers = numbersOf(nodeNames);
  }
  const nodeCount = nodes.length;
  const seen = readResources(numbers, { observed, nodeNumbers });
  const { liveness, leaving, hasLeft, quorate } = readNodes({
    observed,
    nodeNumbers,
    nodeCount,
    total: nodeNames.length,
  });
  const { reach, turning } = readPings({ observed, nodeNumbers, nodeCount, pingNumbers });
  return {
    spec,
    self: observed.self === null ? -1 : (nodeNumbers.get(observed.self) ?? -1),
    nodes,
    nodeNames,
    nodeCount,
    groups: seen.haltedBy.size === 0 ? groups : groups.map((group, number) => halted(group, seen.haltedBy.has(number))),
    groupNumbers,
    nodeNumbers,
    pings,
    pingNumbers,
    resources,
    members,
    liveness,
    leaving,
    hasLeft,
    quorate,
    state: seen.state,
    flags: seen.flags,
    troubles: seen.troubles,
    reach,
    turning,
    attributes: attributesByNode(observed.attributes ?? []),
    leases: readLeases({ observed, nodeNumbers, groupNumbers }),
    fencing: new Map((observed.fencing ?? []).map((each) => [nodeNumbers.get(each.node) ?? -1, each])),
    activeOn: seen.activeOn,
    bannedOn: seen.bannedOn,
    blockedOn: seen.blockedOn,
    haltedBy: seen.haltedBy,
  };
}

function halted(group: GroupSpec, isHalted: boolean): GroupSpec {
  return isHalted ? { ...group, desired: 'stopped' } : group;
}

/** Whether something may run in this state: anything but stopped and unknown. */
export function isActive(state: number | undefined): boolean {
  return state !== undefined && state >= stateNumbers.starting;
}

/** The name of a node, strangers included. */
export function nodeName(present: Present, node: number): string {
  return present.nodeNames[node] ?? '';
}

/** The id of a group. */
export function groupName(present: Present, group: number): string {
  return present.groups[group]?.id ?? '';
}

/** The id of a resource. */
export function resourceName(present: Present, resource: number): string {
  return present.resources[resource]?.id ?? '';
}

function readNodes(options: {
  readonly observed: ObservedCluster;
  readonly nodeNumbers: ReadonlyMap<string, number>;
  readonly nodeCount: number;
  readonly total: number;
}): Pick<Present, 'liveness' | 'leaving' | 'hasLeft' | 'quorate'> {
  const liveness = new Uint8Array(options.total).fill(livenessNumbers.offline);
  liveness.fill(livenessNumbers.unknown, 0, options.nodeCount);
  const leaving = new Uint8Array(options.total);
  const hasLeft = new Uint8Array(options.total);
  const quorate = new Int8Array(options.total).fill(-1);
  for (const node of options.observed.nodes) {
    const number = options.nodeNumbers.get(node.node);
    if (number === undefined || number >= options.nodeCount) continue;
    liveness[number] = livenessNumbers[node.liveness];
    leaving[number] = node.leaving ? 1 : 0;
    hasLeft[number] = node.left === true ? 1 : 0;
    quorate[number] = node.quorate === null ? -1 : node.quorate ? 1 : 0;
  }
  return { liveness, leaving, hasLeft, quorate };
}

function readResources(
  { resourceNumbers, groupOf, nodes, members }: SpecNumbers,
  { observed, nodeNumbers }: { readonly observed: ObservedCluster; readonly nodeNumbers: ReadonlyMap<string, number> },
): Pick<Present, 'state' | 'flags' | 'troubles' | 'activeOn' | 'bannedOn' | 'blockedOn' | 'haltedBy'> {
  const nodeCount = nodes.length;
  const state = new Uint8Array(resourceNumbers.size * nodeCount);
  const flags = new Uint8Array(state.length);
  const troubles = new Map<number, ResourceObservation>();
  const activeOn: number[][] = members.map(() => []);
  const bannedOn: number[][] = members.map(() => []);
  const blockedOn: number[][] = members.map(() => []);
  const haltedBy = new Map<number, ResourceObservation>();
  for (const seen of observed.resources) {
    const resource = resourceNumbers.get(seen.resource);
    const node = nodeNumbers.get(seen.node);
    if (resource === undefined || node === undefined || node >= nodeCount) continue;
    const cell = resource * nodeCount + node;
    const group = groupOf[resource] ?? -1;
    // What runs with parameters of yesterday and cannot take over others is restarted like what has failed.
    state[cell] = isOutdated(seen) && !isReloadable(seen) ? stateNumbers.failed : numberOfState(seen.state);
    flags[cell] = flagsOf(seen);
    if (flags[cell] !== 0 || seen.failures > 0 || isOutdated(seen)) troubles.set(cell, seen);
    if (seen.halted === true && group >= 0 && isFirst(seen, haltedBy.get(group))) haltedBy.set(group, seen);
    if (isActive(state[cell])) addOnce(activeOn[group], node);
    if (seen.banned) addOnce(bannedOn[group], node);
    if (seen.blocked) addOnce(blockedOn[group], node);
  }
  for (const lists of [activeOn, bannedOn, blockedOn]) {
    for (const list of lists) if (list.length > 1) list.sort((a, b) => a - b);
  }
  return { state, flags, troubles, activeOn, bannedOn, blockedOn, haltedBy };
}

/** Whether an observation comes before another one, whichever was listed first. */
function isFirst(seen: ResourceObservation, other: ResourceObservation | undefined): boolean {
  if (other === undefined) return true;
  return (compareIds(seen.resource, other.resource) || compareIds(seen.node, other.node)) < 0;
}

/** Whether it runs with parameters that are no longer those of the spec. */
export function isOutdated(seen: ResourceObservation): boolean {
  return seen.outdated === true && seen.state === 'running';
}

/** Whether it takes over the parameters of the spec by a reload. */
function isReloadable(seen: ResourceObservation): boolean {
  return seen.reloadable === true && isOutdated(seen);
}

function numberOfState(state: ResourceState): number {
  return stateNumbers[state];
}

function flagsOf(seen: ResourceObservation): number {
  return (
    (seen.banned ? flagBits.banned : 0) |
    (seen.blocked ? flagBits.blocked : 0) |
    (seen.backingOff === true ? flagBits.backingOff : 0) |
    (isReloadable(seen) ? flagBits.reloadable : 0)
  );
}

function addOnce(list: number[] | undefined, node: number): void {
  if (list !== undefined && !list.includes(node)) list.push(node);
}

function readPings(options: {
  readonly observed: ObservedCluster;
  readonly nodeNumbers: ReadonlyMap<string, number>;
  readonly nodeCount: number;
  readonly pingNumbers: ReadonlyMap<string, number>;
}): Pick<Present, 'reach' | 'turning'> {
  const cells = options.pingNumbers.size * options.nodeCount;
  const reach = new Int32Array(cells).fill(-1);
  const turning = new Int8Array(cells);
  for (const seen of options.observed.pings) {
    const ping = options.pingNumbers.get(seen.ping);
    const node = options.nodeNumbers.get(seen.node);
    if (ping === undefined || node === undefined || node >= options.nodeCount) continue;
    const cell = ping * options.nodeCount + node;
    reach[cell] = seen.reachable ?? -1;
    turning[cell] = seen.turning === 'less' ? -1 : seen.turning === 'more' ? 1 : 0;
  }
  return { reach, turning };
}

const NO_LEASES: readonly PresentLease[] = [];

function readLeases(options: {
  readonly observed: ObservedCluster;
  readonly nodeNumbers: ReadonlyMap<string, number>;
  readonly groupNumbers: ReadonlyMap<string, number>;
}): readonly (readonly PresentLease[])[] {
  const leases: PresentLease[][] = [];
  for (const seen of options.observed.leases) {
    const group = options.groupNumbers.get(seen.group);
    const node = options.nodeNumbers.get(seen.node);
    if (group === undefined || node === undefined) continue;
    const list = leases[group] ?? [];
    list.push({ node, epoch: seen.epoch, state: seen.state });
    leases[group] = list;
  }
  return Array.from({ length: options.groupNumbers.size }, (_, group) => {
    const list = leases[group];
    return list === undefined ? NO_LEASES : list.sort((a, b) => b.epoch - a.epoch || a.node - b.node);
  });
}
