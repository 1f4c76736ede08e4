import { describe, expect, it } from 'vitest';
import { play } from '../../src/sim/play.js';
import { randomSchedule } from '../../src/sim/random-schedule.js';
import { playSeeds } from './play-seeds.js';
import { printRun } from './print-run.js';

const SCHEDULES = 100;

/** What so few schedules must have had at least; the soak command asks for more, of runs that are long enough to tell. */
const FLOORS: Readonly<Record<string, number>> = {
  acquisitions: 100,
  takeovers: 40,
  'fault: cut': 100,
  'fault: host-crash': 30,
  'fault: daemon-kill': 50,
  'frames lost': 2000,
};

describe('random schedules of faults', () => {
  it(`S1 to S8, L1 and L2 hold in ${SCHEDULES} schedules, and they were hard ones`, { timeout: 900_000 }, () => {
    const told: string[] = [];
    const run = playSeeds({
      from: 1,
      count: SCHEDULES,
      onViolation: (seed, breach) => told.push(`npm run soak -- --replay ${seed}: ${breach.rule}: ${breach.sentence}`),
    });
    printRun(run);
    expect(told).toEqual([]);
    const quiet = Object.entries(FLOORS).filter(([name, floor]) => run.tally.of(name) < floor);
    expect(quiet).toEqual([]);
  });

  it('S9 the same seed gives the same history', { timeout: 300_000 }, () => {
    for (const seed of [3, 14]) {
      const once = play(randomSchedule(seed), { isTraced: true }).trace?.lines;
      const again = play(randomSchedule(seed), { isTraced: true }).trace?.lines;
      expect(again).toEqual(once);
      expect(once?.length).toBeGreaterThan(50);
    }
  });
});
