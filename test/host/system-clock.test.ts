import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { machineTime, systemClock } from '../../src/host/system-clock.js';
import { clockContract } from '../contract/clock-contract.js';

clockContract('of this machine', () => {
  const clock = systemClock();
  return {
    clock,
    advance: async (ms) => {
      const untilMs = clock.nowMs() + ms;
      // As many turns as milliseconds: a process that stood still meanwhile still gives each timer its turn.
      for (let turns = 0; turns < ms || clock.nowMs() < untilMs; turns += 1) await wait(1);
    },
  };
});

/** The clocks of a machine that can be suspended, played by hand. */
class PlayedMachine {
  steadyMs = 5_000_000.5;
  suspendedMs = 0;
  wallStepMs = 0;
  uptimeHiddenMs = 0;
  uptimeReadings = 0;
  readonly sources = {
    steadyMs: () => this.steadyMs,
    uptimeMs: () => {
      this.uptimeReadings += 1;
      const exact = this.steadyMs + this.suspendedMs - this.uptimeHiddenMs;
      return Math.floor(exact / 10) * 10;
    },
    wallMs: () => Math.floor(1_790_000_000_000 + this.steadyMs + this.suspendedMs + this.wallStepMs),
  };

  run(ms: number): void {
    this.steadyMs += ms;
  }

  suspend(ms: number): void {
    this.suspendedMs += ms;
  }
}

describe('the clock over a suspend', () => {
  it('R1 counts the suspend with its first reading afterwards', () => {
    const machine = new PlayedMachine();
    const clock = systemClock(machine.sources);
    const before = clock.nowMs();
    machine.run(3);
    expect(clock.nowMs() - before).toBeCloseTo(3, 5);
    machine.suspend(600_000);
    machine.run(0.1);
    expect(clock.nowMs() - before).toBeGreaterThan(600_003.1 - 10);
    expect(clock.nowMs() - before).toBeLessThanOrEqual(600_003.1 + 1e-6);
  });

  it('R1 counts it even when the wall clock was set back by as much meanwhile', () => {
    const machine = new PlayedMachine();
    const clock = systemClock(machine.sources);
    const before = clock.nowMs();
    machine.suspend(60_000);
    machine.wallStepMs = -60_000;
    machine.run(100);
    expect(clock.nowMs() - before).toBeGreaterThan(60_100 - 10);
  });

  it('does not take a step of the wall clock for a suspend', () => {
    const machine = new PlayedMachine();
    const clock = systemClock(machine.sources);
    const before = clock.nowMs();
    machine.wallStepMs = 3_600_000;
    machine.run(40);
    expect(clock.nowMs() - before).toBeCloseTo(40, 5);
    machine.wallStepMs = -3_600_000;
    machine.run(200);
    expect(clock.nowMs() - before).toBeCloseTo(240, 5);
  });

  it('adds up many short suspends, and is never ahead of the truth', () => {
    const machine = new PlayedMachine();
    const clock = systemClock(machine.sources);
    const before = clock.nowMs();
    for (let i = 0; i < 100; i++) {
      machine.suspend(7);
      machine.run(13.7);
      expect(clock.nowMs() - before).toBeLessThanOrEqual(machine.steadyMs + machine.suspendedMs - 5_000_000.5 + 1e-6);
    }
    expect(clock.nowMs() - before).toBeGreaterThan(100 * 20.7 - 100 - 10);
    machine.run(150);
    expect(clock.nowMs() - before).toBeGreaterThan(100 * 20.7 + 150 - 10);
  });

  it('never goes backwards, whatever the uptime says', () => {
    const machine = new PlayedMachine();
    const clock = systemClock(machine.sources);
    let last = clock.nowMs();
    for (const hidden of [0, 5_000, -30_000, 90_000, 0, -10]) {
      machine.uptimeHiddenMs = hidden;
      machine.run(120);
      const now = clock.nowMs();
      expect(now).toBeGreaterThanOrEqual(last + 119.9);
      last = now;
    }
  });

  it('begins at the boot of the kernel: what was suspended before the start counts, within a step of the uptime', () => {
    const machine = new PlayedMachine();
    machine.suspend(40_000);
    expect(systemClock(machine.sources).nowMs() - 5_040_000.5).toBeGreaterThan(-10);
  });

  it('counts suspends in a container that hides the uptime of the machine', () => {
    const machine = new PlayedMachine();
    machine.uptimeHiddenMs = 4_000_000;
    const clock = systemClock(machine.sources);
    expect(clock.nowMs()).toBe(5_000_000.5);
    machine.suspend(30_000);
    machine.run(1);
    expect(clock.nowMs()).toBeGreaterThan(5_030_001.5 - 10);
  });

  it('reads the uptime at most ten times a second while nothing happens', () => {
    const machine = new PlayedMachine();
    const clock = systemClock(machine.sources);
    machine.uptimeReadings = 0;
    for (let i = 0; i < 10_000; i++) {
      machine.run(0.1);
      clock.nowMs();
    }
    expect(machine.uptimeReadings).toBeLessThanOrEqual(10);
  });
});

describe('a timer over a suspend', () => {
  it('is late by one short sleep at most', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const machine = new PlayedMachine();
      const clock = systemClock(machine.sources);
      const fired: number[] = [];
      clock.setTimer(3_600_000, () => fired.push(machine.steadyMs));
      machine.suspend(3_600_000);
      machine.run(1000);
      vi.advanceTimersByTime(1000);
      expect(fired).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('waits as long as it takes, longer than Node can sleep at one go', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const machine = new PlayedMachine();
      let fired = 0;
      systemClock(machine.sources).setTimer(3_000_000_000, () => {
        fired += 1;
      });
      machine.run(2_999_999_990);
      vi.advanceTimersByTime(1000);
      expect(fired).toBe(0);
      machine.run(10);
      vi.advanceTimersByTime(10);
      expect(fired).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the clocks of this machine', () => {
  it('agree on the time since boot, and the uptime is never ahead', () => {
    const upMs = machineTime.uptimeMs();
    const kernelMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
    expect(kernelMs - upMs).toBeGreaterThanOrEqual(0);
    const clock = systemClock();
    const nowMs = clock.nowMs();
    expect(nowMs).toBeGreaterThanOrEqual(kernelMs);
  });
});
