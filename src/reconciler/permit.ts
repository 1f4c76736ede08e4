import { leaseKey } from '../model/lease.js';
import type { Operation } from '../model/operation.js';
import type { Action } from '../model/plan.js';
import { covers } from '../ownership/amendment.js';
import type { Held } from '../ownership/holder.js';
import { isNewest } from '../ownership/holder.js';
import { haveMajority } from '../ownership/quorum.js';
import type { StepTime } from './input-effect.js';
import type { Mind } from './mind.js';
import { wantedLease } from './wanted-lease.js';

/** S2: a lease that is owned, lists the resource, has time left, and leaves time after it. */
export function permits(mind: Mind, action: Action, time: StepTime): boolean {
  if (!mind.rules.permit) return true;
  const held = mind.holder.held.get(leaseKey(action.group));
  if (held === undefined || held.state !== 'own') return false;
  // The heartbeat that this step still sends may put a newer epoch in force at once, by this node's own vote.
  if (mind.holder.nextBeatAtMs <= time.nowMs) return false;
  const resource = mind.index.resources.get(action.resource ?? '');
  if (resource === undefined) return false;
  if (resource.exclusive !== 'none' && !isListed(mind, held, resource.id)) return false;
  return held.validUntilMs - time.nowMs >= mind.holder.everyMs && leavesTimeToStop(mind, held);
}

/**
 * S2 once more, for a start or reload that was decided and whose program is about to be run: by the clock of that moment, since this process may have stood still in between.
 *
 * The lease is judged as it is by then: one that was renewed meanwhile covers a start that takes long to prepare.
 */
export function stillPermits(mind: Mind, operation: Operation, nowMs: number): boolean {
  if ((operation.action !== 'start' && operation.action !== 'reload') || !mind.rules.permit) return true;
  const { id, group, exclusive } = operation.resource;
  if (mind.lives.get(id)?.operation?.id !== operation.id) return false;
  const held = mind.holder.held.get(leaseKey(group));
  if (held === undefined || (held.state !== 'own' && held.state !== 'stop')) return false;
  return nowMs < held.validUntilMs && (exclusive === 'none' || isListed(mind, held, id));
}

/** Whether the stop budgets in force cover the stop of what runs, or may start, under a lease: not while longer ones are asked for. Promises that end by no time need none, once a majority gave them. */
function leavesTimeToStop(mind: Mind, held: Held): boolean {
  if (held.needsFencing && haveMajority(mind.holder.sets, (voter) => held.ackUntilMs.has(voter))) return true;
  const wanted = wantedLease(mind, held);
  return wanted === null || covers(held, wanted.budgets);
}

/** Whether a lease lists a resource, under the newest epoch that this node had it under. */
function isListed(mind: Mind, held: Held, resource: string): boolean {
  return held.resources.includes(resource) && isNewest(mind.holder, [resource], held.epoch);
}
