/**
 * Plays schedules of faults on whole simulated clusters, and judges what the shipped code does.
 *
 * `npm run soak -- --schedules N --seed S [--at RULE] [--jobs N] [--mutants]`, `npm run soak -- --replay SEED [--at RULE | --without RULE] [--messages] [--shrink]`. The last line is `N schedules, V violations`; the exit code is 1 when a rule
 * was broken, when a mutant escaped, or when the run was too quiet to show anything.
 */
import { mutants } from '../../src/sim/mutants.js';
import type { Catch } from './hunt-mutants.js';
import { printHunts } from './hunt-mutants.js';
import { replay } from './replay.js';
import { floorsMissed } from './floors.js';
import { perSecond, printRun } from './print-run.js';
import type { Run } from './play-seeds.js';
import type { SoakOptions } from './soak-options.js';
import { readOptions, usage } from './soak-options.js';
import type { SoakResult, SoakTask } from './soak-task.js';
import { addPart, emptyRun } from './soak-task.js';
import { doTasks } from './soak-workers.js';

/** Schedules that a process plays in one go. */
const SCHEDULES_AT_ONCE = 20;
/** How often a long run says how far it is. */
const TELL_EVERY_MS = 60_000;

/** Runs the command. Returns its exit code. */
async function soak(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    return 64;
  }
  if (options.replay !== null) return replay(options);
  const { run, caught } = await doAll(options);
  printRun(run);
  // The floors are those of a mix of all profiles.
  const missed = options.profile === null && options.at === null ? floorsMissed(run) : [];
  for (const sentence of missed) console.log(`too quiet: ${sentence}`);
  const escaped = options.isMutants ? tellHunts(caught, options) : 0;
  console.log(`${run.schedules} schedules, ${run.violations} violations`);
  return run.violations > 0 || missed.length > 0 || escaped > 0 ? 1 : 0;
}

/** Plays the schedules and hunts the mutants, by the same processes, for one that has just begun is slow. */
async function doAll(options: SoakOptions): Promise<{
  readonly run: Run;
  readonly caught: ReadonlyMap<string, Catch | null>;
}> {
  const { schedules, profile, at, jobs } = options;
  let run = emptyRun();
  const caught = new Map<string, Catch | null>();
  const beganAt = process.hrtime.bigint();
  const wallMs = () => Number(process.hrtime.bigint() - beganAt) / 1e6;
  let toldAtMs = 0;
  const drawnAs = profile !== null ? ` --profile "${profile}"` : at !== null ? ` --at "${at}"` : '';
  const onResult = (result: SoakResult): void => {
    if (result.kind === 'hunted') {
      caught.set(result.mutant, result.caught);
      return;
    }
    for (const { seed: broken, breach } of result.told) {
      console.log(
        `seed ${broken}, at ${(breach.atMs / 1000).toFixed(3)} s: ${breach.rule} is broken: ${breach.sentence}`,
      );
      console.log(`  replay: npm run soak -- --replay ${broken}${drawnAs} --shrink`);
    }
    run = addPart(run, result);
    if (wallMs() - toldAtMs < TELL_EVERY_MS) return;
    toldAtMs = wallMs();
    console.log(
      `${run.schedules} of ${schedules} schedules, ${run.violations} violations, ${perSecond(run, toldAtMs)} per second`,
    );
  };
  await doTasks(tasksOf(options), { jobs, onResult });
  return { run: { ...run, restAfterMs: [...run.restAfterMs].sort((a, b) => a - b), wallMs: wallMs() }, caught };
}

/** What is to be done: the hunts first, since one may take much longer than a part of the schedules, and nobody is to wait for it in the end. */
function tasksOf({ seed, schedules, profile, at, isMutants, mutantSchedules }: SoakOptions): SoakTask[] {
  const tasks: SoakTask[] = [];
  if (isMutants) {
    for (const { name } of mutants) tasks.push({ kind: 'hunt', mutant: name, schedulesMax: mutantSchedules });
  }
  for (let from = seed; from < seed + schedules; from += SCHEDULES_AT_ONCE)
    tasks.push({ kind: 'play', from, count: Math.min(SCHEDULES_AT_ONCE, seed + schedules - from), profile, at });
  return tasks;
}

/** Prints what came of the hunts; returns how many mutants escaped. */
function tellHunts(caught: ReadonlyMap<string, Catch | null>, { mutantSchedules }: SoakOptions): number {
  const count = printHunts(caught, mutantSchedules);
  console.log(`${count} of ${mutants.length} mutants caught`);
  return mutants.length - count;
}

process.exitCode = await soak(process.argv.slice(2));
