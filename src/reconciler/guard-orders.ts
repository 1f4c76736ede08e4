import { stableJson } from '../base/stable-json.js';
import type { ResourceLife } from '../lifecycle/resource-life.js';
import { definitionOf } from '../lifecycle/resource-life.js';
import type { ClusterSpec, GroupSpec, ResourceSpec } from '../model/cluster-spec.js';
import { isHarmlessLate } from '../model/exclusivity.js';
import type { GuardedLease, GuardedMember, GuardedStop, GuardOrders } from '../model/guard-orders.js';
import { GUARD_ORDERS_VERSION } from '../model/guard-orders.js';
import { isFenceKey } from '../model/lease.js';
import type { KillPath } from '../model/kill-path.js';
import { hasOwnStop, killPathOf } from '../model/kill-path.js';
import type { Held } from '../ownership/holder.js';
import { isOrderFor, namedIn } from './inherited.js';
import type { Mind } from './mind.js';
import { stateHere } from './state-here.js';
import { livesOf } from './stop-path.js';

/** Bounds of how often the guard reads its orders. Ours: a look costs it 0.1 to 1 ms. */
const LOOK_MS_MIN = 20;
const LOOK_MS_MAX = 500;

/** The orders to be kept now (R13); null while those that were kept last still say it. */
export function changedOrders(mind: Mind): string | null {
  const { guard, holder } = mind;
  if (!guard.isStale && !holder.isUnsaved && !holder.isRenewed) return null;
  guard.isStale = false;
  holder.isRenewed = false;
  // Written with each renewal, and compared only with what this function wrote: members stand in the order in which it names them.
  const text = JSON.stringify(guardOrders(mind));
  if (text === guard.text) return null;
  guard.text = text;
  return text;
}

/** What the guard has to know now, to end in time what this daemon does not. */
export function guardOrders(mind: Mind): GuardOrders {
  const leases = [...mind.holder.held.values()].flatMap((held) =>
    held.state === 'claim' || !Number.isFinite(held.validUntilMs) || isFenceKey(held.key)
      ? []
      : [guardedLease(mind, held)],
  );
  mind.guard.inherited = mind.guard.inherited.filter((lease) => isOpen(mind, lease));
  const unheld = mind.guard.inherited.flatMap((lease) => unheldPart(mind, lease, leases));
  return {
    version: GUARD_ORDERS_VERSION,
    leases: [...leases, ...unheld],
    watchdog: outlivesWatchdog(mind.spec) ? mind.spec.fencing.watchdog : null,
    lookEveryMs: lookEveryMs(mind.spec),
    isOver: mind.hasLeft,
  };
}

/**
 * Whether every lease, when it was just renewed, outlives the watchdog, so that it can be fed at all; true without a watchdog.
 *
 * It is fed only while no deadline comes before its own end. Two heartbeats may be under way before the deadline moves.
 */
export function outlivesWatchdog({ fencing, heartbeat, groups }: ClusterSpec): boolean {
  if (fencing.watchdog === null) return true;
  return fencing.watchdog.timeoutMs + 2 * heartbeat.everyMs <= heartbeat.leaseMs + smallestBudgetMs(groups);
}

/** A deadline is a stop budget away at the least, when a lease ends before its time, and a lease and a stop budget when it is new. */
function lookEveryMs({ heartbeat, groups }: ClusterSpec): number {
  const shortestMs = Math.min(heartbeat.leaseMs, smallestBudgetMs(groups));
  return Math.round(Math.min(Math.max(shortestMs / 4, LOOK_MS_MIN), LOOK_MS_MAX));
}

function smallestBudgetMs(groups: readonly GroupSpec[]): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const group of groups) smallest = Math.min(smallest, group.stopBudgetMs);
  return smallest;
}

function guardedLease(mind: Mind, held: Held): GuardedLease {
  const lives = livesOf(mind, held).filter((life) => life.state !== 'stopped');
  const members: GuardedMember[] = [];
  const stops: GuardedStop[] = [];
  const withoutKillPath: string[] = [];
  for (const life of lives) {
    const resource = life.resource.id;
    const paths = pathsOf(mind, life);
    if (paths.length === 0 && !isHarmlessLate(life.resource.exclusive)) withoutKillPath.push(resource);
    for (const stop of stopsOf(mind, life)) stops.push({ ...stop, membersBefore: members.length });
    for (const path of paths) members.push({ resource, path });
  }
  // What only an earlier daemon knew how to end is ended in that one's way.
  for (const old of mind.guard.inherited) {
    if (!isOrderFor(old, held)) continue;
    const isLeft = (resource: string): boolean => mind.unaccounted.has(resource);
    const part = partOf(old, isLeft);
    for (const stop of part.stops) stops.push({ ...stop, membersBefore: members.length + stop.membersBefore });
    members.push(...part.members);
    withoutKillPath.push(...old.withoutKillPath.filter(isLeft));
  }
  return {
    key: held.key,
    epoch: held.epoch,
    state: held.state,
    validUntilMs: Math.floor(held.validUntilMs),
    deadByMs: Math.floor(held.deadByMs),
    members,
    stops,
    withoutKillPath,
  };
}

/** With what it may run: while a reload has not ended well, with either. */
function definitionsOf(life: ResourceLife): readonly ResourceSpec[] {
  return life.halfReloaded === null ? [definitionOf(life)] : [definitionOf(life), life.halfReloaded];
}

/** How it is ended; of what is not known to this daemon yet, also how the earlier one would have ended it. */
function pathsOf(mind: Mind, life: ResourceLife): KillPath[] {
  const paths: KillPath[] = [];
  for (const definition of definitionsOf(life)) {
    const path = killPathOf(definition);
    if (path !== null && !paths.some((each) => stableJson(each) === stableJson(path))) paths.push(path);
  }
  if (life.state !== 'unknown' || life.running !== null) return paths;
  for (const lease of mind.guard.inherited) {
    for (const old of lease.members) {
      const isKnown = paths.some((each) => stableJson(each) === stableJson(old.path));
      if (old.resource === life.resource.id && !isKnown) paths.push(old.path);
    }
  }
  return paths;
}

/** How its own agent stops what has no kill path; of what is not known to this daemon yet, also by the definition of the earlier one. */
function stopsOf(mind: Mind, life: ResourceLife): Omit<GuardedStop, 'membersBefore'>[] {
  const { id } = life.resource;
  const stops = definitionsOf(life).flatMap(({ type, params, timeouts }) => {
    const isStopped = killPathOf({ type, params }) === null && hasOwnStop(type);
    return isStopped ? [{ resource: id, type, params, timeoutMs: timeouts.stopMs }] : [];
  });
  if (life.state !== 'unknown' || life.running !== null) return stops;
  for (const lease of mind.guard.inherited) {
    for (const { membersBefore: _, ...old } of lease.stops) {
      const isKnown = stops.some((each) => stableJson(each) === stableJson(old));
      if (old.resource === id && !isKnown) stops.push(old);
    }
  }
  return stops;
}

/** Whether this daemon does not know yet of all of an earlier one's lease whether it runs. */
function isOpen(mind: Mind, lease: GuardedLease): boolean {
  const isHeld = mind.holder.held.get(lease.key)?.epoch === lease.epoch;
  const states = namedIn(lease).map((resource) => stateHere(mind, resource));
  return isHeld ? states.includes('unknown') : states.some((state) => state !== 'stopped');
}

/** What an earlier daemon ran under a lease that this one does not hold: it must be down by the old deadline, unless it is held anew. */
function unheldPart(mind: Mind, lease: GuardedLease, held: readonly GuardedLease[]): GuardedLease[] {
  if (mind.holder.held.get(lease.key)?.epoch === lease.epoch) return [];
  const isHeldAnew = (resource: string): boolean =>
    held.some(({ members, stops }) => [...members, ...stops].some((each) => each.resource === resource));
  const isLeft = (resource: string): boolean => !isHeldAnew(resource) && stateHere(mind, resource) !== 'stopped';
  const { members, stops } = partOf(lease, isLeft);
  return members.length + stops.length === 0 ? [] : [{ ...lease, members, stops }];
}

/** What orders have of some of their resources. */
function partOf(
  { members, stops }: GuardedLease,
  isWanted: (resource: string) => boolean,
): Pick<GuardedLease, 'members' | 'stops'> {
  const isIn = ({ resource }: { readonly resource: string }): boolean => isWanted(resource);
  return {
    members: members.filter(isIn),
    stops: stops.filter(isIn).map((stop) => ({
      ...stop,
      membersBefore: members.slice(0, stop.membersBefore).filter(isIn).length,
    })),
  };
}
