/** Stops the e2e suite with a clear word, before its first test, on a machine that cannot run it. */
import { missingPrerequisites } from './prerequisites.mjs';

/** Called by vitest once before the files of the e2e suite. */
export function setup(): void {
  const missing = missingPrerequisites();
  if (missing.length > 0) {
    throw new Error(`the e2e suite cannot run here:\n  ${missing.join('\n  ')}`);
  }
}
