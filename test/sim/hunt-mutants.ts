import type { Mutant } from '../../src/sim/mutant.js';
import { controlSchedule, directedSchedule } from '../../src/sim/directed-schedule.js';
import { mutants } from '../../src/sim/mutants.js';
import type { Breach } from '../../src/sim/judged.js';
import { play } from '../../src/sim/play.js';

/** What came of the hunt for one mutant. */
export interface Catch {
  readonly seed: number;
  readonly breach: Breach;
  /** What the same schedule breaks with every rule on; null when, as it should, nothing. */
  readonly control: Breach | null;
}

/** Plays the schedules directed at a mutant, from seed 1 on, until one breaks a rule; null when none does. */
export function hunt(mutant: Mutant, schedulesMax: number): Catch | null {
  for (let seed = 1; seed <= schedulesMax; seed++) {
    const [breach] = play(directedSchedule(mutant, seed)).breaches;
    if (breach === undefined) continue;
    const [control = null] = play(controlSchedule(mutant, seed)).breaches;
    return { seed, breach, control };
  }
  return null;
}

/** Prints what came of each hunt. Returns how many were caught by a schedule that breaks nothing while every rule is on. */
export function printHunts(caught: ReadonlyMap<string, Catch | null>, schedulesMax: number): number {
  console.log(`mutants, each with at most ${schedulesMax} schedules directed at it:`);
  const width = Math.max(...mutants.map((each) => each.name.length));
  let count = 0;
  for (const mutant of mutants) {
    const found = caught.get(mutant.name) ?? null;
    const name = mutant.name.padEnd(width);
    if (found === null) {
      console.log(`  ESCAPED ${name}  ${mutant.sentence}`);
      continue;
    }
    if (found.control !== null) {
      console.log(
        `  BROKEN  ${name}  seed ${found.seed} with every rule on: ${found.control.rule}: ${found.control.sentence}`,
      );
      continue;
    }
    count += 1;
    console.log(`  caught  ${name}  seed ${found.seed}: ${found.breach.rule}: ${found.breach.sentence}`);
  }
  return count;
}
