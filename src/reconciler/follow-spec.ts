import type { ClusterSpec, GroupSpec, ResourceSpec } from '../model/cluster-spec.js';
import { beginCheckWatch, redefineCheck } from '../lifecycle/check-watch.js';
import { beginPingWatch, redefinePing } from '../lifecycle/ping-watch.js';
import { beginLife, definitionOf, redefineLife } from '../lifecycle/resource-life.js';
import { setNodes } from '../membership/records.js';
import { leaseKey } from '../model/lease.js';
import { accountForInherited } from './inherited.js';
import type { Mind } from './mind.js';
import { rememberedDefinitions } from './running-memory.js';
import { specIndex } from './spec-index.js';
import { stateHere } from './state-here.js';

/** Whether this node runs resources at all. */
export function runsResources(mind: Mind): boolean {
  return mind.index.nodes.get(mind.node)?.role !== 'witness';
}

/** Makes lives, pings and checks follow the spec in force: new ones begin unknown, removed ones stay until they are stopped. */
export function followSpec(mind: Mind, nowMs: number): void {
  mind.guard.isStale = true;
  setNodes(
    mind.records,
    mind.spec.nodes.map((node) => node.id),
  );
  noteNewHome(mind);
  if (runsResources(mind)) followGroups(mind, nowMs);
  accountForInherited(mind, nowMs);
  noteMoved(mind);
  if (runsResources(mind)) followWatches(mind, nowMs);
}

function followGroups(mind: Mind, nowMs: number): void {
  for (const group of mind.index.groups.values()) {
    for (const member of group.members) {
      const resource = mind.index.resources.get(member);
      if (resource === undefined) continue;
      const life = mind.lives.get(member);
      if (life === undefined) {
        mind.lives.set(member, beginLife(resource, group.failurePolicy, rememberedDefinitions(mind.running, member)));
      } else redefineLife(life, { resource, policy: group.failurePolicy }, nowMs);
      mind.touched.add(member);
    }
  }
}

/** What an earlier edit moved while it ran is by now of the group to which it went, where that has a lease here: the next edit may move it on. */
function noteNewHome({ lives, holder, touched }: Mind): void {
  for (const [id, life] of lives) {
    const { group } = life.resource;
    const lease = holder.held.get(leaseKey(group));
    if (life.running === null || life.running.group === group || lease === undefined || lease.state === 'claim')
      continue;
    life.running = { ...life.running, group };
    touched.add(id);
  }
}

/** A witness has no members, and yet what it ran before is of some group. */
function noteMoved({ lives, index, moved }: Mind): void {
  moved.clear();
  for (const [id, life] of lives) if (definitionOf(life).group !== index.resources.get(id)?.group) moved.add(id);
}

function followWatches(mind: Mind, nowMs: number): void {
  const wanted = new Map(mind.spec.pings.map((ping) => [ping.id, ping]));
  for (const [id, ping] of wanted) {
    const watch = mind.pings.get(id);
    if (watch === undefined) mind.pings.set(id, beginPingWatch(ping, nowMs));
    else redefinePing(watch, ping, nowMs);
  }
  for (const id of [...mind.pings.keys()]) if (!wanted.has(id)) mind.pings.delete(id);
  const checks = new Map(mind.spec.checks.map((check) => [check.id, check]));
  for (const [id, check] of checks) {
    const watch = mind.checks.get(id);
    mind.checks.set(id, watch === undefined ? beginCheckWatch(check, null, nowMs) : redefineCheck(watch, check, nowMs));
  }
  for (const id of [...mind.checks.keys()]) if (!checks.has(id)) mind.checks.delete(id);
}

/**
 * The groups of an earlier spec that the new one no longer has but that may still run here or be held here: to be planned as stopped ones until they are.
 *
 * Each node sees to its own: what another may have left over is in that one's plan and not in this one's.
 */
export function leftoversOf(mind: Mind, next: ClusterSpec): { groups: GroupSpec[]; resources: ResourceSpec[] } {
  const nextGroups = new Set(next.groups.map((group) => group.id));
  const nextResources = new Set(next.resources.map((resource) => resource.id));
  const groups = new Map<string, GroupSpec>();
  const resources: ResourceSpec[] = [];
  const unplaced = { prefer: [], avoid: [], requires: [], after: [], with: [], apart: [] };
  for (const group of mind.index.groups.values()) {
    const members = group.members.filter((member) => !nextResources.has(member));
    if (nextGroups.has(group.id) && members.length === 0) continue;
    const id = nextGroups.has(group.id) ? `${group.id} (removed members)` : group.id;
    const require = [{ kind: 'node', node: mind.node, place: group.place } as const];
    // What one edit took out of a group may still be there when the next one takes out more.
    const all = [...members, ...(groups.get(id)?.members ?? [])];
    groups.set(id, { ...group, ...unplaced, id, members: all, desired: 'stopped', require });
    for (const member of members) {
      const resource = mind.index.resources.get(member);
      if (resource !== undefined) resources.push({ ...resource, group: id });
    }
  }
  return { groups: [...groups.values()], resources };
}

/** Drops leftovers that are proved to be stopped here and are held by nobody here. Returns whether any went. */
export function dropStoppedLeftovers(mind: Mind): boolean {
  if (mind.index.planned === mind.spec) return false;
  const inSpec = new Set(mind.spec.groups.map((group) => group.id));
  const left = mind.index.planned.groups.filter((group) => !inSpec.has(group.id));
  if (left.length === 0) return false;
  const isOver = (group: GroupSpec) =>
    !mind.holder.held.has(group.id) && group.members.every((member) => stateHere(mind, member) === 'stopped');
  const over = left.filter(isOver);
  if (over.length === 0) return false;
  const inSpecResources = new Set(mind.spec.resources.map((resource) => resource.id));
  for (const group of over) {
    for (const member of group.members) {
      if (inSpecResources.has(member)) continue;
      mind.lives.delete(member);
      mind.touched.add(member);
    }
  }
  const groups = left.filter((group) => !over.includes(group));
  const members = new Set(groups.flatMap((group) => group.members));
  const resources = mind.index.planned.resources.filter(
    (each) => members.has(each.id) && !inSpecResources.has(each.id),
  );
  mind.index = specIndex(mind.spec, { groups, resources });
  mind.specCount += 1;
  return true;
}
