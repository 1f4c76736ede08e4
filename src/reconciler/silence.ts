import { recordValue } from '../membership/records.js';
import { promiseMs, takeoverMs } from '../model/lease.js';
import type { Mind } from './mind.js';

/**
 * Takes note, at every look at the peers, of a node that is there or silent.
 *
 * Silence counts only while a majority of the voters answers this node: that majority has a voter in common with every other one, which this node hears, so that an owner which renews its lease is heard of. A
 * node that is cut off itself knows nothing of whom the others hear.
 */
export function noteSilence(
  mind: Mind,
  seen: { readonly node: string; readonly isSilent: boolean; readonly isQuorate: boolean; readonly nowMs: number },
): void {
  const { node, nowMs } = seen;
  if (!seen.isSilent || !seen.isQuorate) mind.silentSinceMs.delete(node);
  else if (!mind.silentSinceMs.has(node)) mind.silentSinceMs.set(node, nowMs);
}

/** Whether a node may still have the leases of which it told: it was not silent for as long as any voter stands by them. */
export function mayStillHold(mind: Mind, node: string, nowMs: number): boolean {
  const sinceMs = mind.silentSinceMs.get(node);
  return sinceMs === undefined || nowMs - sinceMs < promisesLastMs(mind, node);
}

/** How long promises to a node may last, by this node's clock: by the longest lease and stop budget of the last hour, its own and ours, and with voters whose clocks are slow. */
function promisesLastMs(mind: Mind, node: string): number {
  const drift = mind.spec.heartbeat.clockDrift;
  let { leaseMs } = mind.spec.heartbeat;
  let stopBudgetMs = 0;
  for (const id of [mind.node, node]) {
    const said = recordValue(mind.records, id, 'self');
    if (said?.kind !== 'self') continue;
    leaseMs = Math.max(leaseMs, said.self.leaseMsMax);
    stopBudgetMs = Math.max(stopBudgetMs, said.self.stopBudgetMsMax);
  }
  return promiseMs(takeoverMs({ leaseMs, stopBudgetMs, drift }), drift);
}
