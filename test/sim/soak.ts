/**
 * Plays schedules of faults on whole simulated clusters, and judges what the shipped code does.
 *
 * `npm run soak -- --schedules N --seed S [--mutants]`, `npm run soak -- --replay SEED [--without RULE] [--messages]`. The last line is `N schedules, V violations`; the exit code is 1 when a rule was broken, when
 * a mutant that should be caught escaped, or when the run was too quiet to show anything.
 */
import { mutants } from '../../src/sim/mutants.js';
import { huntMutants } from './hunt-mutants.js';
import { replay } from './replay.js';
import { floorsMissed } from './floors.js';
import { playSeeds } from './play-seeds.js';
import { printRun } from './print-run.js';
import { readOptions, usage } from './soak-options.js';

/** Runs the command. Returns its exit code. */
function soak(words: readonly string[]): number {
  const options = readOptions(words);
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    return 64;
  }
  if (options.replay !== null) return replay(options);
  const run = playSeeds({
    from: options.seed,
    count: options.schedules,
    profile: options.profile,
    onViolation: (seed, breach) => {
      console.log(
        `seed ${seed}, at ${(breach.atMs / 1000).toFixed(3)} s: ${breach.rule} is broken: ${breach.sentence}`,
      );
      console.log(`  replay: npm run soak -- --replay ${seed}`);
    },
  });
  printRun(run);
  // The floors are those of a mix of all profiles.
  const missed = options.profile === null ? floorsMissed(run) : [];
  for (const sentence of missed) console.log(`too quiet: ${sentence}`);
  let escaped = 0;
  if (options.isMutants) {
    const caught = huntMutants(options.mutantSchedules);
    escaped = caught.escaped;
    console.log(`${caught.caught} of ${mutants.length} mutants caught`);
  }
  console.log(`${run.schedules} schedules, ${run.violations} violations`);
  return run.violations > 0 || missed.length > 0 || escaped > 0 ? 1 : 0;
}

process.exitCode = soak(process.argv.slice(2));
