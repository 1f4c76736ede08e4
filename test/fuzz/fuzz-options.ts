import { readWholeNumbers } from '../whole-numbers.js';

/** What the command was asked to do. */
export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
}

/** How the command is used. */
export const usage = `usage:
  npm run fuzz -- [--inputs N] [--seed S]
      feeds N changed datagrams and requests (default 100000), those of seed S (default 1)`;

/** Reads the command's words; a sentence when they make no sense. */
export function readOptions(words: readonly string[]): FuzzOptions | string {
  return readWholeNumbers(words, { inputs: 100_000, seed: 1 });
}
