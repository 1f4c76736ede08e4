/**
 * A second opinion on a plan: truths that every plan must satisfy, whatever the planner thought.
 *
 * Each broken truth is one sentence. A plan with any is our mistake, never the user's.
 */
import type { ClusterSpec, GroupSpec } from '../model/cluster-spec.js';
import type { ObservedCluster } from '../model/observation.js';
import { actionId } from '../model/plan.js';
import type { Action, Plan } from '../model/plan.js';
import { applyPlan } from './apply.js';
import { lintOrder } from './lint-order.js';
import {
  canAct,
  dependsOn,
  heldLeases,
  isAllowed,
  isBlocked,
  isStuck,
  lintView,
  livenessOf,
  newestLease,
  unmetOn,
} from './lint-view.js';
import type { LintView } from './lint-view.js';
import { plan as planAgain } from './plan.js';

/** The truths that the plan breaks, in a fixed order; empty for a sound plan. */
export function lintPlan(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}): string[] {
  const view = lintView(options);
  const form = lintForm(view);
  if (form.length > 0) return form;
  return [
    ...lintPlacements(view),
    ...options.plan.actions.flatMap((action) => lintAction(view, action)),
    ...lintOrder(view),
    ...lintRest(options),
  ];
}

/** Ids are unique, stable and known, and no action names one that comes later: so there is no ring. */
function lintForm({ plan, spec, groups, nodes }: LintView): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  for (const action of plan.actions) {
    if (action.id !== actionId(action)) found.push(`"${action.id}" is not the id of its action`);
    if (done.has(action.id)) found.push(`"${action.id}" stands in the plan twice`);
    for (const id of action.after) {
      if (!done.has(id)) found.push(`"${action.id}" follows "${id}", which does not come before it`);
    }
    if (new Set(action.after).size !== action.after.length) found.push(`"${action.id}" follows something twice`);
    const group = groups.get(action.group);
    const isMember = action.resource === null || group?.members.includes(action.resource) === true;
    if (group === undefined || !nodes.has(action.node) || !isMember)
      found.push(`"${action.id}" names what the spec does not know`);
    const needsResource = action.kind !== 'claim' && action.kind !== 'release';
    if (needsResource !== (action.resource !== null)) found.push(`"${action.id}" is about the wrong kind of thing`);
    done.add(action.id);
  }
  const wanted = spec.groups.map((group) => group.id).sort();
  const placed = plan.placements.map((placement) => placement.group);
  if (JSON.stringify(wanted) !== JSON.stringify(placed))
    found.push('placements do not name every group once, in order');
  return found;
}

function lintPlacements(view: LintView): string[] {
  return view.spec.groups.flatMap((group) => {
    const node = view.placements.get(group.id)?.node ?? null;
    if (node === null || isStuck(view, group)) return [];
    const found: string[] = [];
    if (group.desired === 'stopped') found.push(`${group.id} is to be stopped and is placed on ${node}`);
    found.push(...lintNode(view, group, node).map((why) => `${group.id} is placed on ${node}, ${why}`));
    for (const { id } of group.with) {
      const other = view.groups.get(id);
      const isRing = dependsOn(view, id, group.id);
      if (other !== undefined && !isRing && view.placements.get(id)?.node !== node) {
        found.push(`${group.id} is placed on ${node} without ${id}`);
      }
    }
    for (const { id } of group.apart) {
      const other = view.groups.get(id);
      if (other === undefined || other.id === group.id || isStuck(view, other)) continue;
      if (view.placements.get(id)?.node === node) found.push(`${group.id} and ${id} are both placed on ${node}`);
    }
    for (const other of view.spec.groups) {
      if (other.id === group.id || !other.apart.some((use) => use.id === group.id)) continue;
      if (isStuck(view, other) && view.placements.get(other.id)?.node === node) {
        found.push(`${group.id} is placed beside ${other.id}, which must run apart from it`);
      }
    }
    return found;
  });
}

/** Why a node may not take a group on. */
function lintNode(view: LintView, group: GroupSpec, node: string): string[] {
  const spec = view.nodes.get(node);
  if (spec === undefined) return ['which the spec does not know'];
  const found: string[] = [];
  if (!isAllowed(group, spec)) found.push('which may not run it');
  if (spec.state !== 'active') found.push(`which is ${spec.state}`);
  if (livenessOf(view, node) !== 'online') found.push(`which is ${livenessOf(view, node)}`);
  if (view.seenNodes.get(node)?.leaving === true) found.push('which is leaving');
  for (const member of group.members) {
    if (view.seen.get(member)?.get(node)?.banned === true) found.push(`where ${member} is banned`);
  }
  for (const id of unmetOn(view, group, node)) found.push(`where ${id} is not met`);
  return found;
}

function lintAction(view: LintView, action: Action): string[] {
  const group = view.groups.get(action.group);
  if (group === undefined) return [];
  const found: string[] = [];
  const say = (why: string): number => found.push(`"${action.id}" ${why}`);
  if (!canAct(view, action.node)) say('is on a node that is in maintenance or not online');
  if (isBlocked(view, group)) say('touches a group whose stop failed');
  const target = view.placements.get(group.id)?.node ?? null;
  if (action.kind === 'claim' || action.kind === 'start' || action.kind === 'reload') {
    if (target !== action.node) say('is not where the group belongs');
    for (const why of lintNode(view, group, action.node)) say(`is on ${action.node}, ${why}`);
    if (isStuck(view, group)) say('touches a group that must be left alone');
  }
  if (action.kind === 'claim') {
    const stands = newestLease(view, group.id);
    if (
      stands?.node === action.node &&
      (stands.state === 'own' || stands.state === 'stop') &&
      !hasRelease(view, action)
    ) {
      say('claims what the node owns');
    }
    const mustFence = group.exclusive === 'fencing' && stands !== undefined && stands.node !== action.node;
    if (mustFence && livenessOf(view, stands.node) === 'offline')
      say(`claims what ${stands.node}, which is silent and not fenced, may still run`);
    const isWaited = view.plan.waits.some(
      (wait) => wait.group === group.id && (wait.kind === 'lease-end' || wait.kind === 'release'),
    );
    const isHeldElsewhere = stands !== undefined && stands.node !== action.node;
    if (isHeldElsewhere && !isWaited) say('claims what another node holds without waiting for it');
  }
  if (action.kind === 'reload' || action.kind === 'start') {
    const resource = action.resource ?? '';
    const seen = view.seen.get(resource)?.get(action.node);
    if (action.kind === 'start' && seen?.backingOff === true) say('starts what is backing off');
    if (action.kind === 'reload' && (seen?.state !== 'running' || seen.reloadable !== true))
      say('reloads what does not run there with other parameters that it can take over');
    if (action.kind === 'reload' && view.actions.has(`stop:${resource}@${action.node}`)) say('reloads what is stopped');
    const isOwned = heldLeases(view, group.id).some(
      (lease) => lease.node === action.node && (lease.state === 'own' || lease.state === 'stop'),
    );
    const claim = view.actions.has(`claim:${group.id}@${action.node}`);
    if (!isOwned && !claim) say(`${action.kind}s without a lease or a claim`);
  }
  return found;
}

function hasRelease(view: LintView, action: Action): boolean {
  return view.actions.has(`release:${action.group}@${action.node}`);
}

/** L2, L3: once everything is done, nothing is left to do. */
function lintRest(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}): string[] {
  if (options.plan.actions.length === 0) return [];
  const after = planAgain({ spec: options.spec, observed: applyPlan(options) });
  return after.actions.map(
    (action) => `after the plan "${action.id}" is still to be done, because ${action.reason.text}`,
  );
}
