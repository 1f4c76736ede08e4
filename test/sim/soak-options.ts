import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { mutantOf } from '../../src/sim/directed-schedule.js';
import { mutants } from '../../src/sim/mutants.js';
import { profileNames } from '../../src/sim/profiles.js';

/** What the command was asked to do. */
export interface SoakOptions {
  readonly schedules: number;
  readonly seed: number;
  /** Seed to be replayed; null to play many. */
  readonly replay: number | null;
  /** Name of a mutant whose rule is off in a replay; null for none. */
  readonly without: string | null;
  /** Name of the profile that all schedules have; null for the one that each seed draws. */
  readonly profile: string | null;
  /** Name of a mutant at whose rule all schedules are directed, with every rule on; null for none. */
  readonly at: string | null;
  readonly isMessages: boolean;
  readonly isMutants: boolean;
  /** Schedules directed at each mutant, at most. */
  readonly mutantSchedules: number;
  /** Processes that play side by side. */
  readonly jobs: number;
  /** A replayed schedule that breaks a rule is made as small as it can be. */
  readonly isShrinking: boolean;
}

/** How the command is used. */
export const usage = `usage:
  npm run soak -- [--schedules N] [--seed S] [--profile NAME | --at RULE] [--jobs N] [--mutants [--mutant-schedules N]]
      plays N schedules (default 1000) from seed S (default 1) on, all of one profile if it is named, or all directed at RULE with every rule on; with --mutants also tries to catch each
      rule's removal within N directed schedules (default 2000); N processes play side by side (default one for each processor)
  npm run soak -- --replay SEED [--profile NAME | --at RULE | --without RULE] [--messages] [--shrink]
      plays one seed and prints what happens; RULE is a mutant's name, --messages prints every message, --shrink drops whatever of a schedule that breaks a rule
      is not needed for it, and prints the rest`;

/** Reads the command's words; a sentence when they make no sense. */
export function readOptions(words: readonly string[]): SoakOptions | string {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        schedules: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '1' },
        replay: { type: 'string' },
        without: { type: 'string' },
        at: { type: 'string' },
        profile: { type: 'string' },
        messages: { type: 'boolean', default: false },
        mutants: { type: 'boolean', default: false },
        'mutant-schedules': { type: 'string', default: '2000' },
        jobs: { type: 'string', default: String(availableParallelism()) },
        shrink: { type: 'boolean', default: false },
      },
    });
    const numbers = [values.schedules, values.seed, values['mutant-schedules'], values.replay ?? '0', values.jobs].map(
      Number,
    );
    const [schedules = 0, seed = 0, mutantSchedules = 0, replay = 0, jobs = 0] = numbers;
    if (!numbers.every((each) => Number.isSafeInteger(each) && each >= 0)) return 'numbers are whole and not negative';
    if (jobs < 1) return '--jobs is at least 1';
    const { without = null, at = null } = values;
    for (const name of [without, at]) {
      if (name !== null && mutantOf(name) === null) {
        return `there is no mutant "${name}"; there are ${mutants.map((mutant) => `"${mutant.name}"`).join(', ')}`;
      }
    }
    const profile = values.profile ?? null;
    if (profile !== null && !profileNames.includes(profile)) {
      return `there is no profile "${profile}"; there are ${profileNames.map((name) => `"${name}"`).join(', ')}`;
    }
    return {
      schedules,
      seed,
      replay: values.replay === undefined ? null : replay,
      without,
      profile,
      at,
      isMessages: values.messages,
      isMutants: values.mutants,
      mutantSchedules,
      jobs,
      isShrinking: values.shrink,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
