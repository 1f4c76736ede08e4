import { unreachable } from '../base/invariant.js';
import { describeTakeover } from '../model/lease.js';
import type { ResourceLife } from '../lifecycle/resource-life.js';
import { dueMonitor, heedNudgesAgain, monitorBegun, nudge } from '../lifecycle/monitors.js';
import { beginOperation, forgetFailures } from '../lifecycle/resource-life.js';
import { beginCheckRound } from '../lifecycle/check-watch.js';
import { beginRound, isPingDue } from '../lifecycle/ping-watch.js';
import { dueChecks } from '../lifecycle/resource-checks.js';
import { expire } from '../ownership/expiry.js';
import { isQuorate } from '../ownership/holder.js';
import type { VoterSets } from '../ownership/quorum.js';
import { expirePromises } from '../ownership/promise-end.js';
import { clearCondition, setCondition } from './conditions.js';
import { describeQuorum, keepsWhatItHolds } from './describe-quorum.js';
import { takeHolderEvents } from './holder-events.js';
import { runsResources } from './follow-spec.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';
import { checkNodeIfDue } from './node-checks.js';
import { beginProbe, isProbeDue, newOperation } from './operations.js';
import { promisedBudgetMsMax } from './spec-index.js';
import { sendTo } from './send.js';

/** What the clock alone brings about: leases lapse, promises run out, monitors and pings fall due, failures are forgotten. */
export function passTime(mind: Mind, time: StepTime, effects: Effects): void {
  const { nowMs } = time;
  takeHolderEvents(mind, expire(mind.holder, nowMs), time, effects);
  for (const answer of expirePromises(mind.voter, nowMs)) sendTo(mind, answer.to, answer.message, effects);
  watchQuorum(mind, time, effects);
  // No plan looks for anything on a witness: what has a life there was left by an earlier role.
  const looksItself = !runsResources(mind) && !isInMaintenance(mind);
  for (const [id, life] of mind.lives) {
    if (forgetFailures(life, nowMs)) {
      mind.touched.add(id);
      log(effects, 'info', `failures of ${id} are forgotten after ${life.policy.forgetAfterMs} ms`);
    }
    if (life.backOffUntilMs !== Number.NEGATIVE_INFINITY && life.backOffUntilMs <= nowMs) {
      life.backOffUntilMs = Number.NEGATIVE_INFINITY;
      mind.touched.add(id);
    }
    if (heedNudgesAgain(life, nowMs)) {
      log(effects, 'info', `events about ${id} are heeded again`);
      nudge(life, nowMs);
    }
    monitorIfDue(mind, life, time, effects);
    if (looksItself && isProbeDue(life, nowMs)) beginProbe(mind, life, nowMs, effects);
    checkIfDue(mind, life, time, effects);
  }
  for (const watch of mind.pings.values()) {
    if (!isPingDue(watch, nowMs)) continue;
    beginRound(watch, nowMs);
    effects.push({ kind: 'ping', ping: watch.ping });
  }
  checkNodeIfDue(mind, nowMs, effects);
}

/** Begins the monitor of a resource that is due, if one is. */
export function monitorIfDue(mind: Mind, life: ResourceLife, time: StepTime, effects: Effects): void {
  if (isInMaintenance(mind)) return;
  const index = dueMonitor(life, time.nowMs);
  if (index === null) return;
  const monitor = life.resource.monitors[index];
  if (monitor === undefined) return;
  monitorBegun(life, index, time.nowMs);
  const operation = newOperation(mind, life, {
    action: 'monitor',
    timeoutMs: monitor.timeoutMs,
    intervalMs: monitor.everyMs,
    depth: monitor.depth,
  });
  beginOperation(life, operation, time.nowMs);
  effects.push({ kind: 'operate', operation });
}

function checkIfDue(mind: Mind, life: ResourceLife, { nowMs }: StepTime, effects: Effects): void {
  if (life.checks.length === 0 || isInMaintenance(mind)) return;
  for (const watch of dueChecks(life, nowMs)) {
    mind.operationCount += 1;
    const round = mind.operationCount;
    beginCheckRound(watch, round, nowMs);
    effects.push({ kind: 'check', resource: life.resource.id, check: watch.check, round });
  }
}

/** Whether this node is left alone: leases are kept, no agent runs. */
export function isInMaintenance(mind: Mind): boolean {
  return mind.index.nodes.get(mind.node)?.state === 'maintenance';
}

function describeSets(sets: VoterSets): string {
  if (sets.length === 1) return `the ${sets[0]?.length ?? 0} voters`;
  return `each of the two voter sets (${sets.map((set) => set.join(', ')).join('; ')})`;
}

function watchQuorum(mind: Mind, time: StepTime, effects: Effects): void {
  const { nowMs } = time;
  if (isQuorate(mind.holder, nowMs)) {
    if (clearCondition(mind.conditions, 'no-quorum')) log(effects, 'info', 'a majority of the voters answers');
    return;
  }
  if (nowMs - mind.startedAtMs < mind.holder.leaseMs) return;
  const isOnlyAwaited = describeQuorum(mind, nowMs).majorityInMs !== null;
  const isNew = setCondition(mind.conditions, {
    kind: 'no-quorum',
    severity: isOnlyAwaited ? 'warning' : 'error',
    sentence: isOnlyAwaited
      ? whyAwaited(mind)
      : `no majority of ${describeSets(mind.holder.sets)} answers this node: ${withoutMajority(mind, nowMs)}`,
    nowMs,
  });
  if (!isNew) return;
  if (isOnlyAwaited) log(effects, 'info', whyAwaited(mind));
  else log(effects, 'warn', 'no majority of the voters answers this node');
}

/** Why voters that are there grant nothing yet (R7), as at the first start of a cluster. */
function whyAwaited({ spec }: Mind): string {
  const { leaseMs, clockDrift: drift } = spec.heartbeat;
  const takeover = describeTakeover({ leaseMs, stopBudgetMs: promisedBudgetMsMax(spec), drift });
  return `a majority of the voters began without a memory of what was promised before, as at a first start, and grants nothing until all of that has surely ended, ${takeover} by this spec: it goes on by itself, and sooner at the next time with shorter stop timeouts`;
}

/** What becomes of services, by the spec's policy where this is not one of two voters. */
function withoutMajority(mind: Mind, nowMs: number): string {
  if (keepsWhatItHolds(mind, nowMs))
    return 'nothing is started here, and what is held here runs on, because the other one is granted nothing without the voter of this node';
  const { leaseMs, clockDrift: drift } = mind.spec.heartbeat;
  const takeover = describeTakeover({ leaseMs, stopBudgetMs: promisedBudgetMsMax(mind.spec), drift });
  const { onLoss } = mind.spec.quorum;
  switch (onLoss) {
    case 'stop':
      return `nothing is started here, and what was held is stopped (others may take over ${takeover} after the last answer)`;
    case 'freeze':
      return `nothing is started here, and what runs here runs on, because quorum.onLoss is freeze (others may take it over ${takeover} after the last answer)`;
    case 'ignore':
      return `what is held here runs on, because quorum.onLoss is ignore, and other things are started once the others were silent for ${takeover}`;
    default:
      return unreachable(onLoss);
  }
}
