import { describe, expect, it } from 'vitest';
import { play } from '../../src/sim/play.js';
import { randomSchedule } from '../../src/sim/random-schedule.js';

describe('a schedule', () => {
  it('S9 has the same history whenever it is played', { timeout: 300_000 }, () => {
    for (const seed of [3, 14]) {
      const once = play(randomSchedule(seed), { isTraced: true }).trace?.lines;
      const again = play(randomSchedule(seed), { isTraced: true }).trace?.lines;
      expect(again).toEqual(once);
      expect(once?.length).toBeGreaterThan(50);
    }
  });
});
