import { isPlainEqual } from '../base/plain-equal.js';
import { stableJson } from '../base/stable-json.js';
import { configurationOfLine } from '../ownership/line.js';
import { lastingPromises, saveHolder, saveVoter } from '../ownership/memory.js';
import { longestAckedMs } from '../ownership/voter.js';
import { saveAttributes } from './attributes.js';
import { clearCondition, setCondition } from './conditions.js';
import { changedOrders } from './guard-orders.js';
import type { StepTime, StoreName } from './input-effect.js';
import type { Effects, Mind } from './mind.js';
import type { Lengths } from './promised-lengths.js';
import { longestOf, withPresent } from './promised-lengths.js';
import { changedRunning } from './running-memory.js';
import { promisedBudgetMsMax, leftoversIn } from './spec-index.js';

/** Keeps what changed in this step and must not be forgotten (S4). */
export function saveIfNeeded(mind: Mind, time: StepTime, effects: Effects): void {
  // Before the promises themselves: a voter that loses them must know at least how long they may last.
  const lengths = changedLengths(mind, time);
  if (lengths !== null) {
    const { text, isNeeded } = lengths;
    effects.push({ kind: 'save', name: 'promises.json', text, durable: true, ...(isNeeded ? { isNeeded } : {}) });
  }
  const { voters } = mind;
  if (voters.isUnsaved && (voters.rules.keep || configurationOfLine(voters.kept.line).phase === 0)) {
    voters.isUnsaved = false;
    effects.push({ kind: 'save', name: 'voters.json', text: stableJson(voters.kept), durable: true, isNeeded: true });
  }
  const fencing = changedFencing(mind);
  if (fencing !== null)
    effects.push({ kind: 'save', name: 'fencing.json', text: fencing, durable: true, isNeeded: true });
  if (mind.voter.isUnsaved) {
    mind.voter.isUnsaved = false;
    effects.push({ kind: 'save', name: 'voter.json', text: saveVoter(mind.voter), durable: false });
  }
  const leftovers = changedLeftovers(mind);
  if (leftovers !== null) effects.push({ kind: 'save', name: 'leftovers.json', text: leftovers, durable: false });
  const running = changedRunning(mind.running);
  if (running !== null) effects.push({ kind: 'save', name: 'running.json', text: running, durable: false });
  effects.push(...saveAttributes(mind));
  // Before the session, whose change is what most orders change with; a renewal is kept here alone, so that it costs one write.
  const orders = changedOrders(mind);
  if (orders !== null) effects.push({ kind: 'save', name: 'guard.json', text: orders, durable: false });
  if (mind.holder.isUnsaved) {
    mind.holder.isUnsaved = false;
    effects.push({ kind: 'save', name: 'session.json', text: saveHolder(mind.holder), durable: false });
  }
}

/** What must be known of fencing after whatever reset; null while what was kept says it, or while nothing has to do with it. */
function changedFencing(mind: Mind): string | null {
  const { fencing, voter } = mind;
  const { lives, issued, kept } = fencing;
  // The voter says itself when a promise of its changed, and the lists are replaced when they do.
  if (kept !== null && !voter.isUnsaved && kept.lives === lives && kept.certificates === issued) return null;
  const promises = lastingPromises(voter);
  const isUsed = mind.index.fenced.size > 0 || promises.length > 0 || issued.length > 0 || fencing.isDead;
  if (!isUsed && kept === null) return null;
  fencing.kept = { lives, promises, certificates: issued };
  return isPlainEqual(fencing.kept, kept) ? null : stableJson(fencing.kept);
}

/** What is still to be stopped of earlier specs, where that changed: a daemon that starts again must know how. */
function changedLeftovers(mind: Mind): string | null {
  const { leftovers } = mind;
  if (leftovers.specCount === mind.specCount) return null;
  leftovers.specCount = mind.specCount;
  const text = stableJson(leftoversIn(mind.index, mind.spec));
  if (text === leftovers.text) return null;
  leftovers.text = text;
  return text;
}

/**
 * The lengths in force, with those of the last hour; null while nothing is to be kept.
 *
 * They are needed when this voter promised for longer than is on the disk, which is then all that a later boot would be silent for. That those of the spec grow promises nothing yet.
 */
function changedLengths(mind: Mind, time: StepTime): { readonly text: string; readonly isNeeded: boolean } | null {
  const { promised, voter } = mind;
  const isSpecKnown = promised.specCount === mind.specCount;
  if (isSpecKnown && !voter.isUnsaved) return null;
  promised.specCount = mind.specCount;
  const before = promised.all;
  promised.all = withPresent(before, longestNow(mind, time.nowMs), time.wallMs);
  if (promised.all === promised.kept) return null;
  const given = longestPromised(mind, time.nowMs);
  const kept = longestOf(promised.kept);
  const isNeeded = given.leaseMs > kept.leaseMs || given.stopBudgetMs > kept.stopBudgetMs;
  if (isSpecKnown && promised.all === before && !isNeeded) return null;
  return { text: stableJson(promised.all), isNeeded };
}

/** The longest lease and stop budget of the spec and of what this voter promised or acked: holders may have another revision, and ask for another stop budget only while they own a lease. */
export function longestNow(mind: Mind, nowMs: number): Lengths {
  const { leaseMs, stopBudgetMs } = longestPromised(mind, nowMs);
  return {
    leaseMs: Math.max(mind.spec.heartbeat.leaseMs, leaseMs),
    stopBudgetMs: Math.max(promisedBudgetMsMax(mind.spec), stopBudgetMs),
  };
}

/** Shape: 0 where nothing is promised or acked. */
function longestPromised(mind: Mind, nowMs: number): Lengths {
  let leaseMs = mind.voters.rules.ackedLease ? longestAckedMs(mind.voter, nowMs) : 0;
  let stopBudgetMs = 0;
  for (const promise of mind.voter.promises.values()) {
    if (promise.untilMs <= nowMs) continue;
    leaseMs = Math.max(leaseMs, promise.leaseMs);
    stopBudgetMs = Math.max(stopBudgetMs, promise.stopBudgetMs);
  }
  return { leaseMs, stopBudgetMs };
}

/**
 * A text could not be kept. One that others rely on is tried again with the next step, and until it is kept every step's messages and starts are dropped (S4).
 *
 * Not an input but said at once, since the very next step must know it. Returns the sentence for the log; null when nothing is new.
 */
export function storeFailed(
  mind: Mind,
  failure: { readonly name: StoreName; readonly isNeeded: boolean; readonly cause: string; readonly nowMs: number },
): string | null {
  const { name, isNeeded, cause, nowMs } = failure;
  if (name === 'voter.json') mind.voter.isUnsaved = true;
  if (name === 'voters.json') mind.voters.isUnsaved = true;
  if (name === 'session.json') mind.holder.isUnsaved = true;
  if (name === 'fencing.json') mind.fencing.kept = null;
  if (name === 'promises.json' && isNeeded) mind.promised.specCount = 0;
  if (name === 'leftovers.json') {
    mind.leftovers.text = '';
    mind.leftovers.specCount = 0;
  }
  if (name === 'running.json') mind.running.isStale = true;
  if (name === 'attributes.json') Object.assign(mind.attributes, { volatile: '', isStale: true });
  if (name === 'guard.json') {
    mind.guard.text = '';
    mind.guard.isStale = true;
  }
  const so = isNeeded ? 'this node sends and starts nothing until it can' : 'a later start will not find it';
  const sentence = `${name} cannot be kept, so ${so}: ${cause}`;
  const isNew = setCondition(mind.conditions, {
    kind: 'store-failed',
    severity: 'error',
    subject: name,
    sentence,
    nowMs,
  });
  return isNew ? sentence : null;
}

/** A text was kept, perhaps after it could not be. */
export function storeRecovered(mind: Mind, name: StoreName): void {
  if (name === 'promises.json') mind.promised.kept = mind.promised.all;
  clearCondition(mind.conditions, 'store-failed', name);
}
