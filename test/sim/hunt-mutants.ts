import type { Mutant } from '../../src/sim/mutants.js';
import { directedSchedule, mutants } from '../../src/sim/mutants.js';
import type { Breach } from '../../src/sim/judged.js';
import { play } from '../../src/sim/play.js';

/** What came of the hunt for one mutant. */
export interface Catch {
  readonly seed: number;
  readonly breach: Breach;
}

/** Plays the schedules directed at a mutant, from seed 1 on, until one breaks a rule; null when none does. */
export function hunt(mutant: Mutant, schedulesMax: number): Catch | null {
  for (let seed = 1; seed <= schedulesMax; seed++) {
    const [breach] = play(directedSchedule(mutant, seed)).breaches;
    if (breach !== undefined) return { seed, breach };
  }
  return null;
}

/** Hunts all mutants and prints a line for each. */
export function huntMutants(schedulesMax: number): { readonly caught: number; readonly escaped: number } {
  let caught = 0;
  console.log(`mutants, each with at most ${schedulesMax} schedules directed at it:`);
  for (const mutant of mutants) {
    const found = hunt(mutant, schedulesMax);
    const name = mutant.name.padEnd(Math.max(...mutants.map((each) => each.name.length)));
    if (found === null) {
      console.log(`  ESCAPED ${name}  ${mutant.sentence}`);
      continue;
    }
    caught += 1;
    console.log(`  caught  ${name}  seed ${found.seed}: ${found.breach.rule}: ${found.breach.sentence}`);
  }
  return { caught, escaped: mutants.length - caught };
}
