/** What every answer to the clock port keeps, the real one and simulated ones alike. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/ports/clock.js';

/** A clock on trial. */
export interface ClockTrial {
  readonly clock: Clock;
  /** Lets at least this much time pass, and what is due happen: by waiting for a real clock, at once for a simulated one. */
  readonly advance: (ms: number) => Promise<void>;
}

/** The suite; spans are short, for clocks that really wait. */
export function clockContract(name: string, make: () => ClockTrial): void {
  describe(`the clock "${name}"`, () => {
    const running: { cancel(): void }[] = [];
    afterEach(() => {
      for (const timer of running.splice(0)) timer.cancel();
    });
    const begin = (): ClockTrial & {
      readonly fired: string[];
      readonly set: (delayMs: number, mark: string) => void;
    } => {
      const trial = make();
      const fired: string[] = [];
      const set = (delayMs: number, mark: string): void => {
        running.push(trial.clock.setTimer(delayMs, () => fired.push(mark)));
      };
      return { ...trial, fired, set };
    };

    it('never goes backwards, and goes on', async () => {
      const { clock, advance } = begin();
      const readings: number[] = [];
      for (let i = 0; i < 100; i++) readings.push(clock.nowMs());
      await advance(5);
      readings.push(clock.nowMs());
      expect(readings).toEqual([...readings].sort((a, b) => a - b));
      expect((readings.at(-1) ?? 0) - (readings[0] ?? 0)).toBeGreaterThanOrEqual(5);
    });

    it('tells the wall time in milliseconds since 1970', () => {
      const { clock } = begin();
      expect(clock.wallMs()).toBeGreaterThan(Date.UTC(2024, 0));
      expect(clock.wallMs()).toBeLessThan(Date.UTC(2100, 0));
    });

    it('runs a timer once, after its delay and not before', async () => {
      const { clock, advance } = begin();
      const setAtMs = clock.nowMs();
      const firedAfterMs: number[] = [];
      running.push(clock.setTimer(10.5, () => firedAfterMs.push(clock.nowMs() - setAtMs)));
      expect(firedAfterMs).toEqual([]);
      await advance(60);
      expect(firedAfterMs).toHaveLength(1);
      expect(firedAfterMs[0]).toBeGreaterThanOrEqual(10.5);
    });

    it('never runs a timer within the call that sets it, even with no delay', async () => {
      const { fired, set, advance } = begin();
      set(0, 'now');
      set(-5, 'late');
      expect(fired).toEqual([]);
      await advance(20);
      expect(fired.sort()).toEqual(['late', 'now']);
    });

    it('runs timers in the order in which they are due', async () => {
      const { fired, set, advance } = begin();
      set(60, 'third');
      set(5, 'first');
      set(30, 'second');
      await advance(120);
      expect(fired).toEqual(['first', 'second', 'third']);
    });

    it('does not run a cancelled timer, and lets a timer be cancelled twice or late', async () => {
      const { clock, fired, set, advance } = begin();
      const timer = clock.setTimer(5, () => fired.push('cancelled'));
      set(10, 'other');
      timer.cancel();
      await advance(40);
      timer.cancel();
      expect(fired).toEqual(['other']);
    });

    it('lets a timer set the next one', async () => {
      const { clock, fired, advance } = begin();
      running.push(
        clock.setTimer(2, () => {
          fired.push('first');
          running.push(clock.setTimer(2, () => fired.push('second')));
        }),
      );
      await advance(40);
      expect(fired).toEqual(['first', 'second']);
    });
  });
}
