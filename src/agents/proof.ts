/** Believes an agent's "done" only when a look at the thing itself agrees. */
import type { Outcome } from '../model/operation.js';
import type { AgentCall } from './agent.js';
import { delay } from './delay.js';
import { doneAs, failed, unknown } from './outcome.js';

/** How long a look may disagree before it is believed. Ours: a daemon that goes to the background writes its pid file well within this. */
const SETTLE_MS = 2000;

/** Pauses between two looks, the last one repeated. */
const PAUSES_MS = [20, 50, 100, 200, 400];

/**
 * What a stop that says it is done is worth.
 *
 * Shape: `look` answers as a probe does. done only when it answers stopped.
 */
export async function proveStopped(call: AgentCall, look: () => Promise<Outcome>): Promise<Outcome> {
  const found = await lookUntil(call, { wanted: 'stopped', settleMs: SETTLE_MS }, look);
  switch (found.kind) {
    case 'stopped':
      return doneAs(found);
    case 'running':
    case 'done':
      return failed('soft', 'the stop said that it is done, but it still runs');
    case 'failed':
      return failed(found.class, `the stop said that it is done, but a look says: ${found.reason}`, found.code);
    case 'timeout':
      return found;
    case 'unknown':
      return unknown(`the stop said that it is done, but that could not be confirmed: ${found.reason}`);
  }
}

/**
 * What a start that says it is done is worth.
 *
 * Shape: `look` answers as a monitor does. done only when it answers running. `settleMs` 0 believes the first look, where that is known to be final.
 */
export async function proveRunning(
  call: AgentCall,
  look: () => Promise<Outcome>,
  settleMs = SETTLE_MS,
): Promise<Outcome> {
  const found = await lookUntil(call, { wanted: 'running', settleMs }, look);
  switch (found.kind) {
    case 'running':
    case 'done':
      return doneAs(found);
    case 'stopped':
      return failed('soft', 'the start said that it is done, but it does not run');
    case 'failed':
      return failed(found.class, `the start said that it is done, but a look says: ${found.reason}`, found.code);
    case 'timeout':
    case 'unknown':
      return found;
  }
}

/** Repeats a look until it answers as wanted, not past the operation's deadline. Returns the last answer; a look that was cut short is none where there was one before it. */
async function lookUntil(
  call: AgentCall,
  { wanted, settleMs }: { readonly wanted: 'running' | 'stopped'; readonly settleMs: number },
  look: () => Promise<Outcome>,
): Promise<Outcome> {
  const until = performance.now() + settleMs;
  let told: Outcome | null = null;
  for (let count = 0; ; count += 1) {
    const found = await look();
    if (found.kind === 'timeout') return told ?? found;
    told = found;
    const pauseMs = PAUSES_MS[count] ?? 400;
    const isLast = performance.now() + pauseMs > until || call.leftMs() <= pauseMs || call.signal.aborted;
    if (found.kind === wanted || isLast) {
      return found;
    }
    await delay(pauseMs, call.signal);
  }
}
