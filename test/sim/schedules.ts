import { expect, it } from 'vitest';
import { floorsMissed } from './floors.js';
import { playSeeds } from './play-seeds.js';
import { printRun } from './print-run.js';

/** So many schedules in each of the files that call this: four of them play 2,000, side by side. */
const SCHEDULES = 500;

/** Plays one part of the schedules that every change must survive. Shape: `part` counts from 0. */
export function schedulesHold(part: number): void {
  const from = 1 + part * SCHEDULES;
  const name = `S1 to S8, L1 and L2 hold in schedules ${from} to ${from + SCHEDULES - 1}, and they were hard ones`;
  it(name, { timeout: 1_200_000 }, () => {
    const told: string[] = [];
    const run = playSeeds({
      from,
      count: SCHEDULES,
      onViolation: (seed, breach) => told.push(`npm run soak -- --replay ${seed}: ${breach.rule}: ${breach.sentence}`),
    });
    printRun(run);
    expect(told).toEqual([]);
    // What is rare may be rarer still in a quarter of the schedules.
    expect(floorsMissed(run, 0.4)).toEqual([]);
  });
}
