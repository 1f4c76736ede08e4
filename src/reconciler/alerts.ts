/**
 * What operators are told of when it happens: this node compares what was with what is, and tells what happened to itself.
 *
 * A group's failover is told by the node that has it now, a node's loss by the first node that is there, a fence by who did it, everything else by the node on which it happened. Nothing here decides anything else, and
 * nobody waits for a receiver.
 */
import type { AlertCall, AlertDetail } from '../model/alert.js';
import type { Lesson, ResourceLife } from '../lifecycle/resource-life.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { Condition } from '../model/status.js';
import { isQuorate } from '../ownership/holder.js';
import { driftOf, STRAY } from '../planner/drift.js';
import { forgetConditions } from './conditions.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { hasLeftInOrder, liveness, whoIsTold } from './observe.js';

/** For how many leases a loss that another node was to tell is kept in mind, in case that one is lost as well. Ours: two nodes that go down together are missed within one. */
const KEPT_LEASES = 3;

/** Conditions that say that something is wrong with a spec. That files differ is left out: each change passes through it, on every node. */
const SPEC_CONDITIONS: readonly Condition['kind'][] = [
  'spec-invalid',
  'spec-unreadable',
  'spec-vanished',
  'voters-forked',
];

/** Tells what happened since the last step. A spec without receivers costs nothing. */
export function tellAlerts(mind: Mind, time: StepTime, effects: Effects): void {
  const { alerts: memory, spec } = mind;
  if (memory.specCount !== mind.specCount) {
    memory.specCount = mind.specCount;
    forgetConditions(mind.conditions, 'alert-undelivered', new Set(spec.alerts.map(({ id }) => id)));
  }
  const happened = memory.happened.splice(0);
  if (spec.alerts.length === 0) return;
  happened.push(...specAlerts(mind), ...nodeAlerts(mind, time.nowMs), ...planAlerts(mind), ...fencingAlerts(mind));
  for (const detail of happened) tell(mind, detail, time, effects);
}

function tell(mind: Mind, detail: AlertDetail, time: StepTime, effects: Effects): void {
  const to = mind.spec.alerts.filter(({ on }) => on.includes(detail.event));
  if (to.length === 0) return;
  mind.alerts.count += 1;
  const alert = {
    ...detail,
    number: mind.alerts.count,
    cluster: mind.spec.name,
    nodeNumber: mind.spec.nodes.findIndex(({ id }) => id === detail.node) + 1,
    by: mind.node,
    atWallMs: Math.round(time.wallMs),
  };
  effects.push({ kind: 'tell', alert, to });
}

/** A failure of a resource, if there is one since `before`. Shape: `found` is null where a check found it out. */
export function noteFailure(
  mind: Mind,
  failed: {
    readonly life: ResourceLife;
    readonly before: ResourceLife['failures'];
    readonly lesson: Lesson | null;
    readonly found: { readonly operation: Operation; readonly outcome: Outcome; readonly tookMs: number } | null;
  },
): void {
  const { life, before, lesson, found } = failed;
  const { id: resource, group } = life.resource;
  const newest = life.failures.at(-1);
  if (newest === undefined || newest === before.at(-1)) return;
  const sentence = `on ${mind.node}, ${lesson?.sentence ?? `${resource}: ${newest.reason}`}`;
  mind.alerts.happened.push({
    event: 'failure',
    severity: life.blocked || life.banned || life.halted ? 'error' : 'warning',
    node: mind.node,
    group,
    resource,
    sentence,
    call: callOf(newest.reason, found),
  });
}

function callOf(reason: string, found: Parameters<typeof noteFailure>[1]['found']): AlertCall {
  if (found === null) return { action: 'monitor', intervalMs: 0, code: null, outcome: 'failed', reason, tookMs: 0 };
  const { action, intervalMs } = found.operation;
  const { kind } = found.outcome;
  return {
    action: action === 'start' || action === 'monitor' ? action : 'stop',
    intervalMs,
    code: found.outcome.kind === 'failed' ? found.outcome.code : null,
    outcome: kind === 'done' || kind === 'running' ? 'failed' : kind,
    reason,
    tookMs: Math.round(found.tookMs),
  };
}

/** What was changed outside of the spec, if that was not known before. */
export function noteDrift(
  mind: Mind,
  seen: {
    readonly life: ResourceLife;
    readonly before: ResourceLife['drift'];
    readonly found: { readonly operation: Operation; readonly outcome: Outcome };
  },
): void {
  const { life, before, found } = seen;
  const { id: resource, group } = life.resource;
  const { operation, outcome } = found;
  const isGone = operation.action === 'monitor' && outcome.kind === 'stopped';
  const drift = isGone ? (outcome.drift ?? null) : life.drift;
  if (drift === null || drift === before) return;
  const sentence = `${resource}: ${drift} on ${mind.node}`;
  mind.alerts.happened.push({ event: 'drift', severity: 'warning', node: mind.node, group, resource, sentence });
}

function specAlerts({ alerts: { spec: told }, conditions, node }: Mind): AlertDetail[] {
  const found: AlertDetail[] = [];
  const present = new Set<string>();
  for (const [key, { kind, sentence }] of conditions) {
    if (!SPEC_CONDITIONS.includes(kind)) continue;
    present.add(key);
    if (told.get(key) === sentence) continue;
    told.set(key, sentence);
    found.push({ event: 'spec', severity: 'warning', node, sentence: `${node}: ${sentence}` });
  }
  for (const key of told.keys()) if (!present.has(key)) told.delete(key);
  return found;
}

function nodeAlerts(mind: Mind, nowMs: number): AlertDetail[] {
  const { nodes: known, leftToOthers } = mind.alerts;
  const peers = mind.planView?.peers ?? null;
  if (peers === null || peers === mind.alerts.peers) return [];
  mind.alerts.peers = peers;
  const isTold = whoIsTold(mind, nowMs);
  for (const { id } of mind.spec.nodes) {
    const state = liveness(mind, id, nowMs, isTold);
    if (id === mind.node || state === 'unknown') continue;
    const isThere = state === 'online';
    const before = known.get(id);
    known.set(id, isThere);
    if (before !== undefined && before !== isThere) leftToOthers.set(id, nowMs);
  }
  return takeOver(mind, nowMs);
}

/** What this node has to tell of others, as the first that is there; what another one tells is kept in mind for a while. */
function takeOver(mind: Mind, nowMs: number): AlertDetail[] {
  const { nodes: known, leftToOthers } = mind.alerts;
  const found: AlertDetail[] = [];
  for (const [node, sinceMs] of leftToOthers) {
    const isThere = known.get(node);
    const isOld = nowMs - sinceMs > KEPT_LEASES * mind.holder.leaseMs;
    const first = mind.spec.nodes.find(({ id }) => id !== node && (id === mind.node || known.get(id) === true));
    const isOurs = first?.id === mind.node && isThere !== undefined && mind.index.nodes.has(node);
    if (isOld || isOurs) leftToOthers.delete(node);
    if (!isOld && isOurs) found.push(nodeAlert(mind, { node, isThere, nowMs }));
  }
  return found;
}

function nodeAlert(
  mind: Mind,
  { node, isThere, nowMs }: { readonly node: string; readonly isThere: boolean; readonly nowMs: number },
): AlertDetail {
  if (isThere) return { event: 'node', severity: 'info', node, isThere, sentence: `${node} is there again` };
  const hasLeft = hasLeftInOrder(mind, node, liveness(mind, node, nowMs));
  const alone = isQuorate(mind.holder, nowMs) ? '' : `, which has no majority of the voters`;
  const sentence = hasLeft
    ? `${node} was stopped in order`
    : `${node} is lost: it is not heard by ${mind.node}${alone}`;
  return { event: 'node', severity: hasLeft ? 'info' : 'error', node, isThere, sentence };
}

/** What a new plan shows: groups that are up on another node than before, and what runs here without a lease. */
function planAlerts(mind: Mind): AlertDetail[] {
  const { plan, alerts: memory, node: self } = mind;
  if (plan === null || plan === memory.plan) return [];
  memory.plan = plan;
  const found: AlertDetail[] = [];
  for (const { group, node, current, change, reasons } of plan.placements) {
    if (node === self && current !== self && change !== 'none') memory.moves.set(group, reasons[0]?.text ?? '');
    else if (node !== self) memory.moves.delete(group);
    if (current === null || (current === self && change !== 'none')) continue;
    const from = memory.homes.get(group);
    memory.homes.set(group, current);
    if (current !== self) continue;
    const why = memory.moves.get(group) ?? '';
    memory.moves.delete(group);
    if (from === undefined || from === self) continue;
    const sentence = `${group} runs on ${self} now, before on ${from}${why === '' ? '' : `: ${why}`}`;
    found.push({ event: 'failover', severity: 'warning', node: self, group, from, sentence });
  }
  for (const group of memory.homes.keys()) if (!mind.index.groups.has(group)) memory.homes.delete(group);
  return [...found, ...strayAlerts(mind)];
}

function strayAlerts(mind: Mind): AlertDetail[] {
  const { plan, planFor, alerts: memory, node } = mind;
  if (plan === null || planFor === null || !mind.spec.alerts.some(({ on }) => on.includes('drift'))) return [];
  const strays = driftOf({ spec: mind.index.planned, observed: planFor.observed, plan })
    .filter((each) => each.node === node && each.text === STRAY)
    .map(({ resource }) => resource);
  const before = memory.strays;
  memory.strays = new Set(strays);
  return strays
    .filter((resource) => !before.has(resource))
    .map((resource) => ({
      event: 'drift',
      severity: 'warning',
      node,
      resource,
      sentence: `${resource}: ${STRAY} on ${node}`,
    }));
}

/** What this node did to others by its fence devices, and what it tried in vain. */
function fencingAlerts({ fencing, alerts: memory, node: self }: Mind): AlertDetail[] {
  const found: AlertDetail[] = [];
  const before = memory.certificates;
  memory.certificates = fencing.issued;
  if (before !== null && before !== fencing.issued) {
    const fenced = new Map(
      fencing.issued.filter((each) => !before.includes(each) && each.node !== self).map((each) => [each.node, each]),
    );
    for (const { node, how } of fenced.values())
      found.push({
        event: 'fencing',
        severity: 'warning',
        node,
        hasFailed: false,
        sentence: `${node} was fenced by ${self} (${how})`,
      });
  }
  for (const { node, rounds, reason } of fencing.targets.values()) {
    if (rounds === 0 || memory.unfenced.has(node)) continue;
    memory.unfenced.add(node);
    const why = reason === null ? '' : `: ${reason}`;
    const sentence = `${node} could not be fenced by ${self}, and it is tried again${why}`;
    found.push({ event: 'fencing', severity: 'error', node, hasFailed: true, sentence });
  }
  for (const node of memory.unfenced) if (!fencing.targets.has(node)) memory.unfenced.delete(node);
  return found;
}
