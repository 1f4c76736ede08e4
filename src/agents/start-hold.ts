/** Holds a start open until what was started passes its checks. */
import type { CheckResult, CheckSpec } from '../model/check.js';
import type { Outcome } from '../model/operation.js';
import { delay } from './delay.js';
import { CANCELLED, DONE, failed, timedOut } from './outcome.js';

/** Pause between two rounds of what has not passed yet, at most: a service that is up is not kept waiting. Ours. */
const PAUSE_MS = 250;

/** A start that its agent takes for done. */
export interface StartHold {
  readonly checks: readonly CheckSpec[];
  /** Makes one round; aborted when it is of no interest any more. */
  readonly run: (check: CheckSpec, signal: AbortSignal) => Promise<CheckResult>;
  readonly leftMs: () => number;
  readonly signal: AbortSignal;
  readonly isPermitted: () => boolean;
  /** Looks whether it runs still: asked when something happened to it. */
  readonly look: () => Promise<Outcome>;
  /** Told how to say that something happened. */
  readonly onHeld: (somethingHappened: () => void) => void;
}

/** Done when each check has passed as often in a row as it asks for; failed when the start's time is over before, or what was started runs no more. */
export async function holdStart(hold: StartHold): Promise<Outcome> {
  const over = new AbortController();
  const signal = AbortSignal.any([hold.signal, over.signal]);
  let ended: string | null = null;
  hold.onHeld(() => {
    hold.look().then(
      (found) => {
        if (found.kind !== 'stopped' && found.kind !== 'failed') return;
        ended = found.kind === 'failed' ? found.reason : 'it runs no more';
        over.abort();
      },
      // A look that broke off says nothing.
      () => undefined,
    );
  });
  const missing = await Promise.all(hold.checks.map((check) => prove(hold, check, signal)));
  over.abort();
  if (hold.signal.aborted) return CANCELLED;
  if (ended !== null) return failed('soft', `it ended before its checks passed: ${ended}`);
  const why = missing.find((each) => each !== null) ?? null;
  return why === null ? DONE : timedOut(why);
}

/** Makes rounds of one check. Shape: null when it is proved, why not otherwise. */
async function prove(hold: StartHold, check: CheckSpec, signal: AbortSignal): Promise<string | null> {
  let inARow = 0;
  let why: string | null = null;
  while (!signal.aborted && hold.isPermitted()) {
    const leftMs = hold.leftMs();
    if (leftMs <= 0) break;
    const result = await hold.run({ ...check, timeoutMs: Math.min(check.timeoutMs, leftMs) }, signal);
    inARow = result.kind === 'passed' ? inARow + 1 : 0;
    if (inARow >= check.rise) return null;
    // A round that the end of the start cut short tells less than the one before it.
    if (result.kind !== 'passed' && (why === null || hold.leftMs() > 0)) why = result.why;
    await delay(Math.min(check.everyMs, PAUSE_MS, Math.max(0, hold.leftMs())), signal);
  }
  return `check ${check.id} did not pass within the time of the start: ${why ?? 'it was not made'}`;
}
