/** What a test file does on a machine that cannot carry a lab. */
import { describe, it } from 'vitest';
import { missingForLab } from './prerequisites.js';

/**
 * A block of tests that need a lab.
 *
 * On a machine that cannot carry one it is skipped, with the reason in its title; with CI set it fails instead, so that a
 * pipeline cannot turn green by testing nothing. `alsoMissing` is what these tests need beyond a lab and do not find, one
 * sentence each.
 */
export function describeWithLab(title: string, tests: () => void, alsoMissing: readonly string[] = []): void {
  const missing = [...missingForLab(), ...alsoMissing];
  if (missing.length === 0) {
    describe(title, tests);
  } else if (!isPipeline(process.env.CI)) {
    describe.skip(`${title} (not here: ${missing.join('; ')})`, tests);
  } else {
    it(`${title}: the machine can carry a lab`, () => {
      throw new Error(`this machine cannot carry a lab:\n  ${missing.join('\n  ')}`);
    });
  }
}

/** Pipelines set CI to `true` or `1`. */
function isPipeline(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
