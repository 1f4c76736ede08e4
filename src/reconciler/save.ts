import { stableJson } from '../base/stable-json.js';
import { saveHolder, saveVoter } from '../ownership/memory.js';
import type { StepTime } from './input-effect.js';
import type { Effects, Mind, Promised } from './mind.js';
import { largestBudgetMs } from './spec-index.js';

/** For how long a lease length or stop budget that was in force counts for quarantines (R7). */
const PROMISED_MS = 3_600_000;
/** How often the time until which the present ones were in force is written anew. */
const PROMISED_AGAIN_MS = 600_000;

/** Keeps what changed in this step and must not be forgotten (S4). */
export function saveIfNeeded(mind: Mind, time: StepTime, effects: Effects): void {
  if (mind.voter?.isUnsaved === true) {
    mind.voter.isUnsaved = false;
    effects.push({ kind: 'save', name: 'voter.json', text: saveVoter(mind.voter), durable: false });
  }
  if (mind.holder.isUnsaved) {
    mind.holder.isUnsaved = false;
    effects.push({ kind: 'save', name: 'session.json', text: saveHolder(mind.holder), durable: false });
  }
  const promised = promisedNow(mind, time);
  if (promised !== null) {
    mind.promised = promised;
    effects.push({ kind: 'save', name: 'promises.json', text: stableJson(promised), durable: true });
  }
}

/** The lengths in force, with those of the last hour; null while nothing needs to be written. */
function promisedNow(mind: Mind, time: StepTime): Promised[] | null {
  const leaseMs = mind.spec.heartbeat.leaseMs;
  const stopBudgetMs = largestBudgetMs(mind.spec);
  const present = mind.promised.find((each) => each.leaseMs === leaseMs && each.stopBudgetMs === stopBudgetMs);
  if (present !== undefined && present.untilWallMs - time.wallMs > PROMISED_MS - PROMISED_AGAIN_MS) return null;
  const others = mind.promised.filter((each) => each !== present && each.untilWallMs > time.wallMs);
  return [...others.slice(-15), { leaseMs, stopBudgetMs, untilWallMs: time.wallMs + PROMISED_MS }];
}
