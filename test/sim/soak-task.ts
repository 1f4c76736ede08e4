import { mutantOf } from '../../src/sim/directed-schedule.js';
import type { Breach } from '../../src/sim/judged.js';
import { Tally } from '../../src/sim/tally.js';
import type { Catch } from './hunt-mutants.js';
import { hunt } from './hunt-mutants.js';
import type { Run } from './play-seeds.js';
import { playSeeds } from './play-seeds.js';

/** What one process does in one go: it plays some seeds, or hunts one mutant. */
export type SoakTask =
  | {
      readonly kind: 'play';
      readonly from: number;
      readonly count: number;
      readonly profile: string | null;
      readonly at: string | null;
    }
  | { readonly kind: 'hunt'; readonly mutant: string; readonly schedulesMax: number };

/** What came of a task. Plain data, for the way between processes. */
export type SoakResult =
  | {
      readonly kind: 'played';
      readonly run: Omit<Run, 'tally'>;
      readonly counts: readonly (readonly [string, number])[];
      readonly told: readonly { readonly seed: number; readonly breach: Breach }[];
    }
  | { readonly kind: 'hunted'; readonly mutant: string; readonly caught: Catch | null };

/** Does a task. */
export function doTask(task: SoakTask): SoakResult {
  if (task.kind === 'hunt') {
    const mutant = mutantOf(task.mutant);
    return { kind: 'hunted', mutant: task.mutant, caught: mutant === null ? null : hunt(mutant, task.schedulesMax) };
  }
  const told: { seed: number; breach: Breach }[] = [];
  const { tally, ...run } = playSeeds({ ...task, onViolation: (seed, breach) => told.push({ seed, breach }) });
  return { kind: 'played', run, counts: tally.entries(), told };
}

/** A run of nothing, to which parts are added. */
export function emptyRun(): Run {
  return { schedules: 0, violations: 0, tally: new Tally(), restAfterMs: [], playedMs: 0, wallMs: 0, cpuMs: 0 };
}

/** Two parts of a run in one. Shape: parts may have been played side by side, so that `wallMs` is to be taken by whoever saw both. */
export function addPart(run: Run, part: Extract<SoakResult, { kind: 'played' }>): Run {
  for (const [name, count] of part.counts) run.tally.count(name, count);
  return {
    schedules: run.schedules + part.run.schedules,
    violations: run.violations + part.run.violations,
    tally: run.tally,
    restAfterMs: [...run.restAfterMs, ...part.run.restAfterMs],
    playedMs: run.playedMs + part.run.playedMs,
    wallMs: run.wallMs,
    cpuMs: run.cpuMs + part.run.cpuMs,
  };
}
