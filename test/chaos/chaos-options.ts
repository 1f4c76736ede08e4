import { parseArgs } from 'node:util';

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
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
    });
    const [seconds = 0, seed = 0] = [values.seconds, values.seed].map(Number);
    if (![seconds, seed].every((each) => Number.isSafeInteger(each) && each >= 0)) {
      return 'numbers are whole and not negative';
    }
    return { seconds, seed };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
