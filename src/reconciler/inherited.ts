/** What an earlier daemon of this boot held or ran and the spec of this one does not speak of: it is unknown until it is looked for, never stopped (S7). */
import { beginLife } from '../lifecycle/resource-life.js';
import type { ClusterSpec, FailurePolicy, GroupSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { Place } from '../model/source.js';
import type { GuardedLease } from '../model/guard-orders.js';
import { groupOfKey, isFenceKey } from '../model/lease.js';
import type { Held } from '../ownership/holder.js';
import { clearCondition, setCondition } from './conditions.js';
import type { Mind } from './mind.js';
import type { RunningMemory } from './running-memory.js';
import { beginRunningMemory, rememberedDefinitions } from './running-memory.js';
import { orderedDefinitions } from './ordered-definitions.js';
import type { Leftovers } from './spec-index.js';

/** What is only ever stopped is never started again. Ours; `forgetAfterMs` is the spec's own default. */
// biome-ignore lint/suspicious/noThenProperty: the spec's own word
const NO_RESTART: FailurePolicy = { restarts: 0, withinMs: 0, then: 'block', forgetAfterMs: 1_800_000 };

const UNPLACED = { prefer: [], avoid: [], requires: [], after: [], with: [], apart: [] } as const;

/** With what an earlier daemon ran what may still run; of what neither it nor spec and leftovers say, as its orders to the guard tell. */
export function inheritedDefinitions(of: {
  readonly node: string;
  readonly spec: ClusterSpec;
  readonly leftovers: Leftovers;
  readonly kept: readonly ResourceSpec[];
  readonly orders: readonly GuardedLease[];
}): RunningMemory {
  const { node, spec, leftovers, kept, orders } = of;
  const known = new Set([...spec.resources, ...leftovers.resources, ...kept].map(({ id }) => id));
  const ordered = orderedDefinitions(orders, (id) => !known.has(id), placeOf(spec, node));
  return beginRunningMemory([...kept, ...ordered]);
}

/**
 * The leftovers with what an earlier daemon ran, or held, that neither they nor the spec has: the revision of which it was could not be kept, or is refused by now.
 *
 * A lease without a group is one of a group without members: it is released when nothing that it lists runs.
 */
export function withForgotten(of: {
  readonly node: string;
  readonly spec: ClusterSpec;
  readonly leftovers: Leftovers;
  readonly running: RunningMemory;
  readonly held: readonly Held[];
}): Leftovers {
  const { node, spec, leftovers, running, held } = of;
  const known = new Set([...spec.resources, ...leftovers.resources].map(({ id }) => id));
  const inSpec = new Set(spec.groups.map(({ id }) => id));
  const place = placeOf(spec, node);
  const groups = new Map(leftovers.groups.map((group) => [group.id, group]));
  const resources = [...leftovers.resources];
  const leaveOver = (id: string, lease: Held | undefined, definition?: ResourceSpec): void => {
    const members = definition === undefined ? [] : [definition.id];
    const before = groups.get(id);
    if (before !== undefined) groups.set(id, { ...before, members: [...before.members, ...members] });
    else groups.set(id, forgottenGroup({ id, node, members, lease, definition, place }));
    if (definition !== undefined) resources.push({ ...definition, group: id });
  };
  for (const { running: definition } of running.definitions.values()) {
    if (definition === null || known.has(definition.id)) continue;
    const lease = held.find(({ resources: listed }) => listed.includes(definition.id));
    const group = lease === undefined ? definition.group : groupOfKey(lease.key);
    leaveOver(inSpec.has(group) ? `${group} (removed members)` : group, lease, definition);
  }
  for (const lease of held) {
    const group = groupOfKey(lease.key);
    if (!isFenceKey(lease.key) && !inSpec.has(group) && !groups.has(group)) leaveOver(group, lease);
  }
  return groups.size === leftovers.groups.length && resources.length === leftovers.resources.length
    ? leftovers
    : { groups: [...groups.values()], resources };
}

/** Where the spec speaks of this node: what it does not speak of has no place of its own. */
function placeOf({ nodes, quorum }: ClusterSpec, node: string): Place {
  return nodes.find(({ id }) => id === node)?.place ?? quorum.place;
}

function forgottenGroup(of: {
  readonly id: string;
  readonly node: string;
  readonly members: readonly string[];
  readonly lease: Held | undefined;
  readonly definition: ResourceSpec | undefined;
  readonly place: Place;
}): GroupSpec {
  const { id, node, members, lease, definition } = of;
  const place = definition?.place ?? of.place;
  return {
    ...UNPLACED,
    id,
    members,
    desired: 'stopped',
    require: [{ kind: 'node', node, place }],
    failback: 'never',
    failurePolicy: NO_RESTART,
    stopBudgetMs: lease?.stopBudgetMs ?? definition?.timeouts.stopMs ?? 0,
    exclusive: lease?.needsFencing === true ? 'fencing' : (definition?.exclusive ?? 'lease'),
    place,
  };
}

/**
 * All that an earlier daemon may have left running here, whether or not anything is known of it by now.
 *
 * Of what a lease lists its orders to the guard name what was not proved to be stopped: they were kept before the lease was, and before every start.
 */
export function inheritedResources(of: {
  readonly running: RunningMemory;
  readonly held: readonly Held[];
  readonly orders: readonly GuardedLease[];
}): Set<string> {
  const { running, held, orders } = of;
  const unordered = held.filter((lease) => !orders.some((each) => isOrderFor(each, lease)));
  return new Set([
    ...running.definitions.keys(),
    ...orders.flatMap(namedIn),
    ...unordered.flatMap(({ resources }) => resources),
  ]);
}

/** Whether orders are about this very lease. */
export function isOrderFor(order: GuardedLease, { key, epoch }: Pick<Held, 'key' | 'epoch'>): boolean {
  return order.key === key && order.epoch === epoch;
}

/** The resources that orders to the guard name. */
export function namedIn({ members, stops, withoutKillPath }: GuardedLease): string[] {
  return [...[...members, ...stops].map(({ resource }) => resource), ...withoutKillPath];
}

/**
 * Begins a life for what an earlier daemon left and has none yet, on a witness too, as soon as anything says how it is looked for; and says for what nothing does.
 *
 * To be called whenever the spec changed.
 */
export function accountForInherited(mind: Mind, nowMs: number): void {
  for (const id of mind.unaccounted) {
    const resource = mind.index.resources.get(id);
    if (!mind.lives.has(id) && resource !== undefined) {
      const policy = mind.index.groups.get(resource.group)?.failurePolicy ?? NO_RESTART;
      mind.lives.set(id, beginLife(resource, policy, rememberedDefinitions(mind.running, id)));
      mind.touched.add(id);
    }
    if (mind.lives.has(id)) {
      mind.unaccounted.delete(id);
      clearCondition(mind.conditions, 'unaccounted', id);
    } else {
      setCondition(mind.conditions, {
        kind: 'unaccounted',
        severity: 'error',
        subject: id,
        sentence: `${id} may still run here from an earlier daemon of this boot, and neither the spec nor what is kept says how to look for it: what it was held under is not released, and the guard ends it when that is over; ${whatToDo(id)}`,
        nowMs,
      });
    }
  }
}

/** Why a lease that is to be given up is not: what it lists and nobody can look for. Null for no reason. */
export function whyUnaccounted(mind: Mind, held: Held): string | null {
  const id = held.resources.find((each) => mind.unaccounted.has(each));
  return id === undefined ? null : `whether ${id} still runs here cannot be found out: ${whatToDo(id)}`;
}

function whatToDo(id: string): string {
  return `put ${id} back into the spec, in a group with \`desired: stopped\` where it is not wanted any more, or reboot this machine`;
}

/**
 * Gives the others time to tell the revision that this node forgot, before what it holds by that one is looked for and stopped: a lease, and only while it holds.
 *
 * Shape: `leftovers` as they were kept.
 */
export function awaitRevision(mind: Mind, leftovers: Leftovers, nowMs: number): void {
  const known = new Set([...mind.spec.resources, ...leftovers.resources].map(({ id }) => id));
  for (const { state, resources } of mind.holder.held.values()) {
    if (state === 'lapsed') continue;
    for (const id of resources) {
      const life = mind.lives.get(id);
      if (life !== undefined && !known.has(id)) life.probeAtMs = nowMs + mind.holder.leaseMs;
    }
  }
}
