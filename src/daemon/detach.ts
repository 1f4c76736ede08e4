import type { DetachOutcome } from '../control/handlers.js';
import type { Clock } from '../ports/clock.js';
import type { Mind } from '../reconciler/mind.js';
import { guardOrders } from '../reconciler/guard-orders.js';
import { whyNotLeave } from '../reconciler/leaving.js';

/** How long operations under way, and the next renewal, are waited for. */
const WAIT_MS = 5000;

/** Pause between looks. */
const LOOK_MS = 10;

/** The part of a lease that should be left, so that the next daemon has the most time. */
const FRESH_PART = 0.75;

/**
 * Prepares the end of a daemon that hands nothing over: what runs is left to the guard, until a daemon is back or the leases end.
 *
 * Waits until no start or stop is under way, which would break off, and until the leases were just renewed; the daemon goes on meanwhile. Refused where that would leave services to nobody.
 */
export async function prepareDetach(options: {
  readonly mind: Mind;
  readonly clock: Clock;
  readonly isGuarded: boolean;
}): Promise<DetachOutcome> {
  const { mind, clock, isGuarded } = options;
  const isHolding = [...mind.holder.held.values()].some(({ state }) => state !== 'claim');
  if (mind.isLeaving && whyNotLeave(mind) === null)
    return { ok: false, why: 'this node hands everything over already; wait for its end' };
  if (isHolding && !isGuarded) {
    return {
      ok: false,
      why: 'no guard stands by, so what runs here would run on after its lease; `fairlead leave` hands it over',
    };
  }
  const untilMs = clock.nowMs() + WAIT_MS;
  while (clock.nowMs() < untilMs && !(isQuiet(mind) && isFresh(mind, clock.nowMs()))) {
    await new Promise<void>((resolve) => clock.setTimer(LOOK_MS, resolve));
  }
  const { leases } = guardOrders(mind);
  const nowMs = clock.nowMs();
  const ends = leases.map(({ validUntilMs }) => validUntilMs - nowMs);
  return {
    ok: true,
    leftMs: ends.length === 0 ? null : Math.max(0, Math.round(Math.min(...ends))),
    withoutKillPath: leases.flatMap(({ withoutKillPath }) => withoutKillPath),
  };
}

function isQuiet(mind: Mind): boolean {
  for (const { operation } of mind.lives.values()) {
    if (operation !== null && operation.action !== 'monitor' && operation.action !== 'probe') return false;
  }
  return true;
}

function isFresh(mind: Mind, nowMs: number): boolean {
  const wantedMs = FRESH_PART * mind.holder.leaseMs;
  for (const { state, validUntilMs } of mind.holder.held.values()) {
    if (state !== 'claim' && validUntilMs - nowMs < wantedMs) return false;
  }
  return true;
}
