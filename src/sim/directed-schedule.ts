/** Schedules that are directed at one rule of the protocol, with the rule off or on. */
import { randomStream } from '../base/random.js';
import { allMindRules } from '../reconciler/mind.js';
import type { Mutant } from './mutant.js';
import { mutants } from './mutants.js';
import { scheduleOf, specFor } from './random-schedule.js';
import type { Schedule } from './schedule.js';
import { allGuardRules } from './sim-guard.js';

/** The schedule of a seed that is directed at a mutant's rule, with the rule off. */
export function directedSchedule(mutant: Mutant, seed: number): Schedule {
  const random = randomStream(seed);
  const spec = specFor(random, mutant.profile);
  const firstSpec = mutant.shape === undefined ? spec : mutant.shape(spec, random);
  const { profile, rules, guard = allGuardRules } = mutant;
  return scheduleOf({ seed, random, profile, rules, guard, firstSpec });
}

/** The same schedule with every rule on and clocks within their bound: what the shipped code must survive. */
export function controlSchedule(mutant: Mutant, seed: number): Schedule {
  const { rateFactor: _, ...profile } = mutant.profile;
  return directedSchedule({ ...mutant, profile, rules: allMindRules, guard: allGuardRules }, seed);
}

/** The mutant of a name; null when there is none. */
export function mutantOf(name: string | null): Mutant | null {
  return mutants.find((each) => each.name === name) ?? null;
}
