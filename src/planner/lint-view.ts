/**
 * What the plan linter reads: spec, observation and plan by name, gathered afresh and without the planner's own stages, so that a mistake there is not repeated here.
 */
import type { ClusterSpec, GroupSpec, NodeSelector, NodeSpec } from '../model/cluster-spec.js';
import type {
  LeaseObservation,
  NodeObservation,
  ObservedCluster,
  ResourceObservation,
  ResourceState,
} from '../model/observation.js';
import type { Action, Placement, Plan } from '../model/plan.js';

/** A plan beside what it was made from. */
export interface LintView {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
  readonly nodes: ReadonlyMap<string, NodeSpec>;
  readonly seenNodes: ReadonlyMap<string, NodeObservation>;
  readonly groups: ReadonlyMap<string, GroupSpec>;
  readonly placements: ReadonlyMap<string, Placement>;
  readonly actions: ReadonlyMap<string, Action>;
  readonly actionsOf: ReadonlyMap<string, readonly Action[]>;
  readonly leasesOf: ReadonlyMap<string, readonly LeaseObservation[]>;
  readonly seen: ReadonlyMap<string, ReadonlyMap<string, ResourceObservation>>;
}

/** Gathers the view. */
export function lintView(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}): LintView {
  const { spec, observed, plan } = options;
  return {
    ...options,
    nodes: new Map(spec.nodes.map((node) => [node.id, node])),
    seenNodes: new Map(observed.nodes.map((node) => [node.node, node])),
    groups: new Map(spec.groups.map((group) => [group.id, group])),
    placements: new Map(plan.placements.map((placement) => [placement.group, placement])),
    actions: new Map(plan.actions.map((action) => [action.id, action])),
    actionsOf: grouped(plan.actions, (action) => action.group),
    leasesOf: grouped(observed.leases, (lease) => lease.group),
    seen: new Map(
      [...grouped(observed.resources, (each) => each.resource)].map(([resource, list]) => [
        resource,
        new Map(list.map((each) => [each.node, each])),
      ]),
    ),
  };
}

/** The state of a resource on a node. */
export function seenState(view: LintView, resource: string, node: string): ResourceState {
  return view.seen.get(resource)?.get(node)?.state ?? 'unknown';
}

/** Whether something may run in a state. */
export function mayRunIn(state: ResourceState): boolean {
  return state !== 'stopped' && state !== 'unknown';
}

/** Liveness of a node; a node that the spec does not know is as good as offline. */
export function livenessOf(view: LintView, node: string): NodeObservation['liveness'] {
  if (!view.nodes.has(node)) return 'offline';
  return view.seenNodes.get(node)?.liveness ?? 'unknown';
}

/** Whether actions may be carried out on a node. */
export function canAct(view: LintView, node: string): boolean {
  return livenessOf(view, node) === 'online' && view.nodes.get(node)?.state !== 'maintenance';
}

/** Whether `require` and the role let a node run a group. */
export function isAllowed(group: GroupSpec, node: NodeSpec): boolean {
  if (node.role === 'witness') return false;
  return group.require.length === 0 || group.require.some((selector) => selects(selector, node));
}

/** What a group requires without regard to other nodes, and what is known to be missing on a node. */
export function unmetOn({ spec, observed }: LintView, group: GroupSpec, node: string): string[] {
  const required = [...group.requires, ...spec.health].map((use) => use.id);
  return [...spec.pings, ...spec.checks].flatMap(({ id, mode, need }) => {
    if (mode !== 'absolute' || !required.includes(id)) return [];
    const reachable = observed.pings.find((seen) => seen.ping === id && seen.node === node)?.reachable ?? need;
    return reachable < need ? [id] : [];
  });
}

/** The leases of a group that are more than a claim. */
export function heldLeases(view: LintView, group: string): readonly LeaseObservation[] {
  return (view.leasesOf.get(group) ?? []).filter((lease) => lease.state !== 'claim');
}

/** The newest lease of a group that is more than a claim. */
export function newestLease(view: LintView, group: string): LeaseObservation | undefined {
  return heldLeases(view, group).reduce<LeaseObservation | undefined>(
    (newest, lease) => (newest === undefined || lease.epoch > newest.epoch ? lease : newest),
    undefined,
  );
}

/** Whether the group stays on a node on which nothing may be done, or whose silence is too young. */
export function isStuck(view: LintView, group: GroupSpec): boolean {
  const placement = view.placements.get(group.id);
  if (placement === undefined || placement.node === null) return false;
  if (isBlocked(view, group)) return true;
  if (placement.node !== placement.current) return false;
  return view.nodes.get(placement.node)?.state === 'maintenance' || livenessOf(view, placement.node) === 'unknown';
}

/** Whether a stop of a member failed somewhere. */
export function isBlocked(view: LintView, group: GroupSpec): boolean {
  return group.members.some((member) =>
    [...(view.seen.get(member)?.values() ?? [])].some((each) => each.blocked && view.nodes.has(each.node)),
  );
}

/** Everything that must be done before an action, by id. */
export function ancestorsOf(view: LintView, action: Action): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...action.after];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(view.actions.get(id)?.after ?? []));
  }
  return found;
}

/** Whether a group depends on another, directly or through others. */
export function dependsOn(view: LintView, from: string, to: string): boolean {
  const found = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const group = view.groups.get(id);
    for (const use of [...(group?.after ?? []), ...(group?.with ?? [])]) {
      if (use.id === to) return true;
      if (found.has(use.id)) continue;
      found.add(use.id);
      open.push(use.id);
    }
  }
  return false;
}

function selects(selector: NodeSelector, node: NodeSpec): boolean {
  return selector.kind === 'node' ? selector.node === node.id : node.labels[selector.label] === selector.value;
}

function grouped<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const list = groups.get(key(value));
    if (list === undefined) groups.set(key(value), [value]);
    else list.push(value);
  }
  return groups;
}
