/**
 * What a plan leads to when every action succeeds: the observed state after it.
 *
 * It is how a plan is checked (planning again must find nothing to do), how the difference between observed and desired is shown, and how the loss of a node after the change is tried.
 */
import { unreachable } from '../base/invariant.js';
import { compareIds, sortedBy } from '../base/order.js';
import type { LeaseObservation, ObservedCluster, ResourceObservation, ResourceState } from '../model/observation.js';
import type { Action, Plan } from '../model/plan.js';

/**
 * The observation after the actions of a plan, or after some of them.
 *
 * Shape: `count` actions from the front are applied, all when it is left out. `probed` says what a probe finds; stopped when it is left out.
 */
export function applyPlan(options: {
  readonly observed: ObservedCluster;
  readonly plan: Plan;
  readonly count?: number;
  readonly probed?: (action: Action) => ResourceState;
}): ObservedCluster {
  const { observed, plan } = options;
  const actions = options.count === undefined ? plan.actions : plan.actions.slice(0, options.count);
  const resources = new Map<string, ResourceObservation>();
  for (const seen of observed.resources) resources.set(keyOf(seen.resource, seen.node), seen);
  const leases = new Map<string, LeaseObservation[]>();
  for (const lease of observed.leases) leases.set(lease.group, [...(leases.get(lease.group) ?? []), lease]);
  for (const action of actions) {
    const held = leases.get(action.group) ?? [];
    switch (action.kind) {
      case 'probe':
        setState(resources, action, options.probed?.(action) ?? 'stopped');
        break;
      case 'start':
      case 'reload':
        setState(resources, action, 'running');
        break;
      case 'stop':
        setState(resources, action, 'stopped');
        break;
      case 'release':
        leases.set(
          action.group,
          held.filter((lease) => lease.node !== action.node),
        );
        break;
      case 'claim':
        leases.set(action.group, claimed(observed, held, action));
        break;
      default:
        unreachable(action.kind);
    }
  }
  if (options.count === undefined) keepHeld(plan, leases);
  return {
    ...observed,
    resources: [...resources.values()].sort((a, b) => compareIds(a.resource, b.resource) || compareIds(a.node, b.node)),
    leases: sortedBy(leases.keys(), (group) => group).flatMap((group) =>
      sortedBy(leases.get(group) ?? [], (lease) => lease.node),
    ),
  };
}

function keyOf(resource: string, node: string): string {
  return JSON.stringify([resource, node]);
}

function setState(resources: Map<string, ResourceObservation>, action: Action, state: ResourceState): void {
  const resource = action.resource ?? action.group;
  const key = keyOf(resource, action.node);
  const before = resources.get(key) ?? {
    resource,
    node: action.node,
    state,
    busy: false,
    failures: 0,
    banned: false,
    blocked: false,
  };
  const { backingOff: _, outdated: __, reloadable: ___, ...rest } = before;
  const kept = action.kind === 'start' || action.kind === 'reload' ? rest : before;
  resources.set(key, { ...kept, state, busy: false });
}

/** A granted claim means that every promise to a silent holder has ended. */
function claimed(observed: ObservedCluster, held: readonly LeaseObservation[], action: Action): LeaseObservation[] {
  const isThere = (node: string): boolean =>
    observed.nodes.some((each) => each.node === node && each.liveness !== 'offline');
  const epoch = held.reduce((highest, lease) => Math.max(highest, lease.epoch), 0) + 1;
  const others = held.filter((lease) => lease.node !== action.node && isThere(lease.node));
  return [...others, { group: action.group, node: action.node, epoch, state: 'own' }];
}

/** A lease that was being given up and that the plan keeps is taken up again by its holder. */
function keepHeld(plan: Plan, leases: Map<string, LeaseObservation[]>): void {
  for (const { group, node } of plan.placements) {
    const held = leases.get(group);
    if (held === undefined || !held.some((lease) => lease.node === node && lease.state === 'stop')) continue;
    leases.set(
      group,
      held.map((lease) => (lease.node === node && lease.state === 'stop' ? { ...lease, state: 'own' } : lease)),
    );
  }
}
