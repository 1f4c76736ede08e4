/** Waiting for the real world, with a deadline. */

/** Limits of one wait. */
export interface WaitOptions {
  readonly timeoutMs: number;
  /** Time between two looks; 20 ms by default. */
  readonly everyMs?: number;
  /** What to add to the error when the deadline passes. */
  readonly onTimeout?: () => string | Promise<string>;
}

/** Rests for a while; only the real world is worth it. */
export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/**
 * Looks again and again until the condition holds.
 *
 * Errors: throws, naming what was waited for, when the deadline passes.
 */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  options: WaitOptions,
): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= deadline) {
      const story = (await options.onTimeout?.()) ?? '';
      throw new Error(`waited ${options.timeoutMs} ms in vain for ${what}${story === '' ? '' : `:\n${story}`}`);
    }
    await sleep(options.everyMs ?? 20);
  }
}
