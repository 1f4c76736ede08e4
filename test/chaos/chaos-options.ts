import { readWholeNumbers } from '../whole-numbers.js';

/** What the command was asked to do. */
export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
}

/** How the command is used. */
export const usage = `usage:
  npm run chaos -- [--seconds N] [--seed S]
      breaks a cluster of real daemons for N seconds (default 60), by the plan of seed S (default 1)`;

/** Reads the command's words; a sentence when they make no sense. */
export function readOptions(words: readonly string[]): ChaosOptions | string {
  return readWholeNumbers(words, { seconds: 60, seed: 1 });
}
