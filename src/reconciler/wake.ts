import { lifeDeadlineMs } from '../lifecycle/resource-life.js';
import { lastHeardMs } from '../membership/hearing.js';
import { quorateUntilMs } from '../ownership/holder.js';
import { nextFreeAtMs } from '../ownership/promise-end.js';
import { wakesForSilence } from './look.js';
import type { Mind } from './mind.js';
import { killAtMs } from './stop-path.js';

/**
 * When the mind must see the clock next, if nothing else happens before.
 *
 * Shape: milliseconds of the node's clock, after `nowMs`; never later than the next heartbeat.
 */
export function wakeAtMs(mind: Mind, nowMs: number): number {
  let at = Math.max(mind.holder.nextBeatAtMs, nowMs);
  const consider = (dueMs: number) => {
    if (dueMs > nowMs && dueMs < at) at = dueMs;
  };
  for (const held of mind.holder.held.values()) {
    consider(held.state === 'lapsed' ? killAtMs(held) : held.validUntilMs);
    consider(held.state === 'lapsed' ? held.deadByMs : held.validUntilMs);
  }
  for (const backOff of mind.holder.backOff.values()) consider(backOff.untilMs);
  consider(quorateUntilMs(mind.holder, nowMs));
  consider(nextFreeAtMs(mind.voter));
  consider(mind.voter.quarantineUntilMs);
  if (wakesForSilence(mind))
    for (const { id } of mind.spec.nodes) consider(lastHeardMs(mind.hearing, id) + mind.holder.leaseMs);
  for (const life of mind.lives.values()) consider(lifeDeadlineMs(life, nowMs));
  for (const watch of mind.pings.values()) if (!watch.isUnderWay) consider(watch.nextAtMs);
  for (const watch of mind.checks.values()) if (watch.round === null) consider(watch.nextAtMs);
  for (const { request, notBeforeMs } of mind.fencing.targets.values()) if (request === null) consider(notBeforeMs);
  const { fetch } = mind.revisions;
  if (fetch !== null) consider(fetch.askAgainAtMs);
  return at;
}
