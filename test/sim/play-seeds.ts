import type { Breach } from '../../src/sim/judged.js';
import { controlSchedule, mutantOf } from '../../src/sim/directed-schedule.js';
import { play } from '../../src/sim/play.js';
import { randomSchedule } from '../../src/sim/random-schedule.js';
import { Tally } from '../../src/sim/tally.js';

/** What came of many schedules. */
export interface Run {
  readonly schedules: number;
  readonly violations: number;
  readonly tally: Tally;
  /** Real milliseconds from healing to rest, shortest first. */
  readonly restAfterMs: readonly number[];
  /** Real milliseconds that were played in all. */
  readonly playedMs: number;
  readonly wallMs: number;
  /** Milliseconds of a core. */
  readonly cpuMs: number;
}

/** Plays the schedules of so many seeds, one after another. */
export function playSeeds(options: {
  readonly from: number;
  readonly count: number;
  /** Profile of all schedules; each seed draws its own where it is absent. */
  readonly profile?: string | null;
  /** Name of the mutant at whose rule all are directed, with every rule on. */
  readonly at?: string | null;
  readonly onViolation: (seed: number, breach: Breach) => void;
}): Run {
  const control = mutantOf(options.at ?? null);
  const tally = new Tally();
  const restAfterMs: number[] = [];
  let violations = 0;
  let playedMs = 0;
  const beganAt = process.hrtime.bigint();
  const cpuBefore = process.cpuUsage();
  for (let seed = options.from; seed < options.from + options.count; seed++) {
    const schedule = control === null ? randomSchedule(seed, options.profile ?? null) : controlSchedule(control, seed);
    // What is sent is unwritable in every tenth, so that nodes cannot talk through shared memory.
    const played = play(schedule, { isGuarded: seed % 10 === 0 });
    tally.add(played.tally);
    tally.count(`profile: ${schedule.profile}`);
    playedMs += played.playedMs;
    if (played.restAfterMs !== null) restAfterMs.push(played.restAfterMs);
    const [first] = played.breaches;
    if (first === undefined) continue;
    violations += 1;
    options.onViolation(seed, first);
  }
  const cpu = process.cpuUsage(cpuBefore);
  return {
    schedules: options.count,
    violations,
    tally,
    restAfterMs: restAfterMs.sort((a, b) => a - b),
    playedMs,
    wallMs: Number(process.hrtime.bigint() - beganAt) / 1e6,
    cpuMs: (cpu.user + cpu.system) / 1000,
  };
}
