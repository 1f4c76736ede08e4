import { parseArgs } from 'node:util';

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
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { inputs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
    });
    const [inputs = 0, seed = 0] = [values.inputs, values.seed].map(Number);
    if (![inputs, seed].every((each) => Number.isSafeInteger(each) && each >= 0)) {
      return 'numbers are whole and not negative';
    }
    return { inputs, seed };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
