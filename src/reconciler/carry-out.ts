import { unreachable } from '../base/invariant.js';
import { isReloadable } from '../lifecycle/definition-change.js';
import { beginOperation, definitionOf } from '../lifecycle/resource-life.js';
import type { GroupSpec, NodeSelector } from '../model/cluster-spec.js';
import { leaseKey, promisedBudgetMs } from '../model/lease.js';
import type { Action } from '../model/plan.js';
import { amend } from '../ownership/amendment.js';
import { beginStop, claim, dropClaim, mayClaim, release, resumeOwning, setNeedsFencing } from '../ownership/holder.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';
import { liveness, selfReport } from './observe.js';
import { beginProbe, isProbeDue, newOperation } from './operations.js';
import { leftUnder } from './only-under.js';
import { permits } from './permit.js';
import { stateHere } from './state-here.js';
import { isInMaintenance } from './time-passes.js';
import { wantedLease } from './wanted-lease.js';

/**
 * Carries out those of this node's actions in the plan whose time has come, judged by what is true now and not by what was when the plan was made.
 *
 * The plan only proposes: a start needs a live lease, a release needs proof that everything stopped, a claim needs a majority.
 */
export function carryOut(mind: Mind, time: StepTime, effects: Effects): void {
  const { plan } = mind;
  // Nothing is touched for what a lease says, so maintenance is no reason to wait.
  keepLeases(mind, time);
  if (plan === null || isInMaintenance(mind)) return;
  const own = plan.actions.filter((action) => action.node === mind.node);
  keepOwning(mind, own, time);
  for (const group of mind.claimableSince.keys()) {
    if (!own.some((action) => action.kind === 'claim' && action.group === group)) mind.claimableSince.delete(group);
  }
  for (const action of own) {
    if (mind.done.has(action.id) || isAwaiting(mind, action)) continue;
    if (mind.holder.held.get(leaseKey(action.group))?.state === 'lapsed') continue;
    carryOutOne(mind, action, time, effects);
  }
}

function isAwaiting(mind: Mind, action: Action): boolean {
  if (action.kind === 'release' && !mind.rules.releaseAfterStop) return false;
  return !action.after.every((id) => mind.done.has(id));
}

function carryOutOne(mind: Mind, action: Action, time: StepTime, effects: Effects): void {
  switch (action.kind) {
    case 'probe':
      return probe(mind, action, time, effects);
    case 'claim':
      return claimGroup(mind, action, time, effects);
    case 'start':
      return start(mind, action, time, effects);
    case 'reload':
      return reload(mind, action, time, effects);
    case 'stop':
      return stop(mind, action, time, effects);
    case 'release':
      return releaseGroup(mind, action, time, effects);
    default:
      return unreachable(action.kind);
  }
}

/** A lease whose planned stop is no longer planned is owned again. */
function keepOwning(mind: Mind, own: readonly Action[], time: StepTime): void {
  for (const held of mind.holder.held.values()) {
    if (held.state !== 'stop') continue;
    const isLeaving = own.some((action) => action.kind === 'release' && leaseKey(action.group) === held.key);
    const placement = mind.plan?.placements.find((each) => each.group === held.key);
    if (!isLeaving && placement?.node === mind.node) resumeOwning(mind.holder, held.key, time.nowMs);
  }
}

/** What is owned says what it has to by now; while it is being stopped, at least how strict it is and for how long that may take. */
function keepLeases(mind: Mind, { nowMs, wallMs }: StepTime): void {
  for (const held of mind.holder.held.values()) {
    const wanted = held.state === 'own' || held.state === 'stop' ? wantedLease(mind, held) : null;
    if (wanted === null) continue;
    // A daemon that begins may not know of the revision by which an earlier one made it so.
    const isStillKept = held.needsFencing && nowMs < mind.fencing.listensUntilMs;
    setNeedsFencing(mind.holder, held, wanted.needsFencing || isStillKept, nowMs);
    amend(mind.holder, { key: held.key, ...wanted, nowMs, wallMs });
  }
}

function probe(mind: Mind, action: Action, time: StepTime, effects: Effects): void {
  const life = mind.lives.get(action.resource ?? '');
  if (life === undefined || !isProbeDue(life, time.nowMs)) return;
  beginProbe(mind, life, time.nowMs, effects);
}

function claimGroup(mind: Mind, action: Action, time: StepTime, effects: Effects): void {
  const key = leaseKey(action.group);
  const group = mind.index.groups.get(action.group);
  if (group === undefined || mind.isLeaving || mind.fencing.isDead || !mayClaim(mind.holder, key, time.nowMs)) return;
  if (mustGiveWay(mind, group, time)) return;
  const resources = mind.index.exclusive.get(group.id) ?? [];
  mind.claimableSince.delete(group.id);
  claim(mind.holder, {
    key,
    resources,
    stopBudgetMs: group.stopBudgetMs,
    promisedBudgetMs: promisedBudgetMs(group),
    needsFencing: mind.index.fenced.has(group.id),
    nowMs: time.nowMs,
    wallMs: time.wallMs,
  });
  log(effects, 'debug', `claiming ${action.group}: ${action.reason.text}`);
  // The claim of what a silent node owned waits for the end of its lease; what a provider knows of it can be read meanwhile.
  for (const member of group.members) {
    const resource = mind.index.resources.get(member);
    if (resource?.exclusive === 'provider') effects.push({ kind: 'prepare', resource });
  }
}

/**
 * R15: a node that is preferred and there, but has no majority yet, is given time to get one, two heartbeats for each that comes before this node; a cold start then ends on the
 * preferred node and not on the one that was a millisecond faster.
 */
function mustGiveWay(mind: Mind, group: GroupSpec, time: StepTime): boolean {
  const first = group.prefer.findIndex((selector) => isSelected(mind, selector, mind.node));
  const better = first < 0 ? group.prefer : group.prefer.slice(0, first);
  const awaited = mind.spec.nodes.filter(
    (node) =>
      node.id !== mind.node &&
      node.state === 'active' &&
      better.some((selector) => isSelected(mind, selector, node.id)) &&
      liveness(mind, node.id, time.nowMs) === 'online' &&
      selfReport(mind, node.id)?.quorate === false,
  ).length;
  const sinceMs = mind.claimableSince.get(group.id) ?? time.nowMs;
  mind.claimableSince.set(group.id, sinceMs);
  return time.nowMs - sinceMs < awaited * 2 * mind.holder.everyMs;
}

function isSelected(mind: Mind, selector: NodeSelector, node: string): boolean {
  if (selector.kind === 'node') return selector.node === node;
  return mind.index.nodes.get(node)?.labels[selector.label] === selector.value;
}

function start(mind: Mind, action: Action, time: StepTime, effects: Effects): void {
  const life = mind.lives.get(action.resource ?? '');
  if (life === undefined || life.operation !== null || mind.isLeaving) return;
  if (life.state !== 'stopped' || life.blocked || life.banned || life.halted || life.backOffUntilMs > time.nowMs)
    return;
  if (!permits(mind, action, time) || startsUnderWay(mind) >= mind.spec.startsPerNodeMax) return;
  const operation = newOperation(mind, life, { action: 'start', timeoutMs: life.resource.timeouts.startMs });
  beginOperation(life, operation, time.nowMs);
  mind.touched.add(life.resource.id);
  log(effects, 'info', `starting ${life.resource.id}: ${action.reason.text}`);
  effects.push({ kind: 'operate', operation });
}

/** Like a start it needs a lease: an agent may start what it finds stopped. */
function reload(mind: Mind, action: Action, time: StepTime, effects: Effects): void {
  const life = mind.lives.get(action.resource ?? '');
  if (life === undefined || mind.isLeaving || !isReloadable(life)) return;
  if (!permits(mind, action, time) || startsUnderWay(mind) >= mind.spec.startsPerNodeMax) return;
  // A monitor under way is of no interest any more.
  if (life.operation !== null) {
    if (life.operation.action !== 'monitor') return;
    effects.push({ kind: 'cancel', operationId: life.operation.id });
  }
  const operation = newOperation(mind, life, { action: 'reload', timeoutMs: life.resource.timeouts.startMs });
  beginOperation(life, operation, time.nowMs);
  mind.touched.add(life.resource.id);
  log(effects, 'info', `reloading ${life.resource.id}: ${action.reason.text}`);
  effects.push({ kind: 'operate', operation });
}

/** Starts and reloads: both are programs that do some work. */
function startsUnderWay(mind: Mind): number {
  let starts = 0;
  for (const { operation } of mind.lives.values()) {
    if (operation?.action === 'start' || operation?.action === 'reload') starts += 1;
  }
  return starts;
}

function stop(mind: Mind, action: Action, time: StepTime, effects: Effects): void {
  const resource = action.resource ?? '';
  const life = mind.lives.get(resource);
  // A witness looks for nothing but what it inherited, and so tells nobody of the rest: what comes after its stop waits no longer.
  if (life === undefined && stateHere(mind, resource) === 'stopped') mind.done.add(action.id);
  if (life === undefined || life.blocked || life.state === 'stopped') return;
  // A monitor under way is of no interest any more; anything else is waited for.
  if (life.operation !== null && life.operation.action !== 'monitor') return;
  const key = leaseKey(action.group);
  const isGroupLeaving = mind.plan?.actions.some(
    (each) => each.kind === 'release' && each.group === action.group && each.node === mind.node,
  );
  if (isGroupLeaving === true) beginStop(mind.holder, key, time.nowMs);
  if (life.operation !== null) effects.push({ kind: 'cancel', operationId: life.operation.id });
  const operation = newOperation(mind, life, {
    action: 'stop',
    timeoutMs: definitionOf(life).timeouts.stopMs,
  });
  beginOperation(life, operation, time.nowMs);
  mind.touched.add(life.resource.id);
  log(effects, 'info', `stopping ${life.resource.id}: ${action.reason.text}`);
  effects.push({ kind: 'operate', operation });
}

function releaseGroup(mind: Mind, action: Action, time: StepTime, effects: Effects): void {
  const held = mind.holder.held.get(leaseKey(action.group));
  if (held === undefined) return;
  if (held.state === 'claim') {
    // Nothing runs under a claim, so it ends at once. The next one waits like after a denial: two nodes whose views differ would otherwise claim and drop without a pause (R15).
    dropClaim(mind.holder, held, { by: '', nowMs: time.nowMs });
    mind.done.add(action.id);
    log(effects, 'debug', `the claim of ${action.group} is dropped: ${action.reason.text}`);
    return;
  }
  const members = mind.index.groups.get(action.group)?.members ?? [];
  // What left, of which two may run, and what nobody can stop without a person: nothing else waits for that.
  const isAwaited = (each: string): boolean => held.resources.includes(each) || mind.lives.get(each)?.blocked !== true;
  const isDown =
    members.every((member) => stateHere(mind, member) === 'stopped') && !leftUnder(mind, held, members).some(isAwaited);
  if (!isDown && mind.rules.releaseAfterStop) {
    beginStop(mind.holder, held.key, time.nowMs);
    return;
  }
  release(mind.holder, held.key, time.nowMs);
  mind.done.add(action.id);
  log(effects, 'info', `${action.group} is released: ${action.reason.text}`);
}
