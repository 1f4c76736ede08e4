/**
 * Stage 2, constraints: what the spec says about groups, by numbers.
 */
import type { ClusterSpec, NodeSelector } from '../model/cluster-spec.js';
import { orderByDependency } from './dependency-order.js';
import type { Present } from './present.js';

/** A selector with the nodes that it names. */
export interface ResolvedSelector {
  readonly selector: NodeSelector;
  readonly nodes: readonly number[];
}

/** What binds groups to nodes and to each other. Lists by group number. */
export interface Constraints {
  /** 1 for each node that may run the group by its `require`; null when every node may. */
  readonly requireMask: readonly (Uint8Array | null)[];
  readonly prefer: readonly (readonly ResolvedSelector[])[];
  readonly avoid: readonly (readonly ResolvedSelector[])[];
  /** Groups that must be up before this one starts. */
  readonly after: readonly (readonly number[])[];
  /** Groups beside which this one must run. A ring of `with` alone is bound to its first group, so that it has one leader. */
  readonly beside: readonly (readonly number[])[];
  /** Groups that must run beside this one. */
  readonly dependents: readonly (readonly number[])[];
  /** Groups with which this one must not share a node, whichever of the two says so. */
  readonly apart: readonly (readonly number[])[];
  /** Group numbers, those depended on first. */
  readonly order: Int32Array;
  /** Groups of one component depend on each other. */
  readonly component: Int32Array;
  /** 1 for groups that wait for each other in a ring: none of them can ever begin. */
  readonly inRing: Uint8Array;
  readonly pings: readonly (readonly number[])[];
}

const NONE: readonly number[] = [];
const NO_SELECTORS: readonly ResolvedSelector[] = [];

/** Of each spec that was planned with: what is observed has no part in it. */
const constrained = new WeakMap<ClusterSpec, Constraints>();

/** Resolves selectors and names of groups and pings, and orders groups by what they depend on. */
export function readConstraints(present: Present): Constraints {
  const known = constrained.get(present.spec);
  if (known !== undefined) return known;
  const constraints = constraintsOf(present);
  constrained.set(present.spec, constraints);
  return constraints;
}

function constraintsOf(present: Present): Constraints {
  const { groups } = present;
  const resolve = selectorResolver(present);
  const groupsOf = (uses: readonly { readonly id: string }[]): readonly number[] =>
    uses.length === 0 ? NONE : numbersIn(present.groupNumbers, uses);
  const after = groups.map((group) => groupsOf(group.after));
  const saidBeside = groups.map((group) => groupsOf(group.with));
  const dependencies = after.map((list, group) => {
    const beside = saidBeside[group] ?? NONE;
    return beside.length === 0 ? list : [...list, ...beside];
  });
  const { order, component, componentMembers } = orderByDependency(dependencies);
  const inRing = markRings({ after, component });
  const beside = saidBeside.map((list, group) => {
    const ring = componentMembers[component[group] ?? 0] ?? NONE;
    return ring.length > 1 ? bindToLeader({ list, group, ring }) : list;
  });
  return {
    requireMask: groups.map((group) =>
      group.require.length === 0 ? null : maskOf(present.nodeCount, group.require.map(resolve)),
    ),
    prefer: groups.map((group) => (group.prefer.length === 0 ? NO_SELECTORS : group.prefer.map(resolve))),
    avoid: groups.map((group) => (group.avoid.length === 0 ? NO_SELECTORS : group.avoid.map(resolve))),
    after,
    beside,
    dependents: dependentsOf(beside),
    apart: bothWays(groups.map((group) => groupsOf(group.apart))),
    order,
    component,
    inRing,
    pings: groups.map((group) => {
      const required = [...group.requires, ...present.spec.health];
      return required.length === 0 ? NONE : numbersIn(present.pingNumbers, required);
    }),
  };
}

/** Whether the spec lets a node run a group, whatever happens: it is no witness and `require` names it. */
export function mayRun(options: {
  readonly present: Present;
  readonly constraints: Constraints;
  readonly group: number;
  readonly node: number;
}): boolean {
  const { present, constraints, group, node } = options;
  const spec = present.nodes[node];
  if (spec === undefined || spec.role === 'witness') return false;
  const mask = constraints.requireMask[group] ?? null;
  return mask === null || mask[node] === 1;
}

/** Another group of the same ring; the group itself when it names itself. */
export function ringMate(constraints: Constraints, group: number): number {
  const ring = constraints.component[group];
  const mate = constraints.component.findIndex((component, other) => component === ring && other !== group);
  return mate < 0 ? group : mate;
}

function numbersIn(numbers: ReadonlyMap<string, number>, uses: readonly { readonly id: string }[]): readonly number[] {
  const found = new Set<number>();
  for (const use of uses) {
    const number = numbers.get(use.id);
    if (number !== undefined) found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

function selectorResolver(present: Present): (selector: NodeSelector) => ResolvedSelector {
  const byLabel = new Map<string, number[]>();
  present.nodes.forEach((node, number) => {
    for (const [label, value] of Object.entries(node.labels)) {
      const key = JSON.stringify([label, value]);
      const list = byLabel.get(key);
      if (list === undefined) byLabel.set(key, [number]);
      else list.push(number);
    }
  });
  return (selector) => {
    if (selector.kind === 'label') {
      return { selector, nodes: byLabel.get(JSON.stringify([selector.label, selector.value])) ?? NONE };
    }
    const number = present.nodeNumbers.get(selector.node);
    return { selector, nodes: number === undefined || number >= present.nodeCount ? NONE : [number] };
  };
}

function maskOf(nodeCount: number, selectors: readonly ResolvedSelector[]): Uint8Array {
  const mask = new Uint8Array(nodeCount);
  for (const { nodes } of selectors) {
    for (const node of nodes) mask[node] = 1;
  }
  return mask;
}

/** A component of several groups (or a group that names itself) with an `after` inside can never begin. */
function markRings(options: {
  readonly after: readonly (readonly number[])[];
  readonly component: Int32Array;
}): Uint8Array {
  const { after, component } = options;
  const ringed = new Set<number>();
  after.forEach((list, group) => {
    for (const other of list) {
      if (component[other] === component[group]) ringed.add(component[group] ?? -1);
    }
  });
  return Uint8Array.from(component, (number) => (ringed.has(number) ? 1 : 0));
}

function bindToLeader(options: {
  readonly list: readonly number[];
  readonly group: number;
  readonly ring: readonly number[];
}): readonly number[] {
  const { list, group, ring } = options;
  const [leader = group] = ring;
  const outside = list.filter((other) => !ring.includes(other));
  return group === leader ? outside : [...outside, leader].sort((a, b) => a - b);
}

function dependentsOf(beside: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const dependents: (number[] | undefined)[] = beside.map(() => undefined);
  beside.forEach((primaries, group) => {
    for (const primary of primaries) {
      const list = dependents[primary];
      if (list === undefined) dependents[primary] = [group];
      else list.push(group);
    }
  });
  return dependents.map((list) => list ?? NONE);
}

function bothWays(said: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const both: (Set<number> | undefined)[] = said.map((list) => (list.length === 0 ? undefined : new Set(list)));
  said.forEach((list, group) => {
    for (const other of list) {
      const set = both[other] ?? new Set<number>();
      set.add(group);
      both[other] = set;
    }
  });
  return both.map((set, group) =>
    set === undefined ? NONE : [...set].filter((other) => other !== group).sort((a, b) => a - b),
  );
}
