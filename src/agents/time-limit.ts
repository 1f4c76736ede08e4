/** A signal that is aborted with another one, or when a time is over. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** To be called when it is needed no longer. */
  readonly clear: () => void;
}

/**
 * Sets a time limit.
 *
 * `AbortSignal.any` over `AbortSignal.timeout` would be shorter; but nothing holds the inner signal then, and when the garbage collector has taken it the time never ends (Node 20);
 * and a signal that lives as long as the daemon would keep a weak reference to each that was ever made of it.
 */
export function timeLimit(ms: number, cancel: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const abort = (): void => controller.abort(cancel.aborted ? cancel.reason : new Error('no answer came in time'));
  const timer = setTimeout(abort, Math.max(0, ms));
  if (cancel.aborted) abort();
  else cancel.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      cancel.removeEventListener('abort', abort);
    },
  };
}
