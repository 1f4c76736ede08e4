import { uptime } from 'node:os';
import type { Clock, Timer } from '../ports/clock.js';

/** The machine's clocks that a {@link systemClock} reads; others than the real ones only to play a suspend. */
export interface TimeSources {
  /** Runs evenly, stands still while the machine is suspended. Shape: milliseconds from boot. */
  readonly steadyMs: () => number;
  /** Counts suspends. Shape: milliseconds from boot, in steps of 10 or more, rounded down. */
  readonly uptimeMs: () => number;
  /** Shape: milliseconds since 1970. */
  readonly wallMs: () => number;
}

/** The clocks of this machine. */
export const machineTime: TimeSources = {
  steadyMs: () => Number(process.hrtime.bigint()) / 1e6,
  uptimeMs: () => uptime() * 1000,
  wallMs: Date.now,
};

/** How often, at most, the uptime is read while nothing looks like a suspend: a reading takes 8.5 µs, thirty times one of the steady clock. */
const LOOK_EVERY_MS = 100;

/** A wall clock that moved this much against the steady one is looked into at once. Slewing at 9 % moves it 9 ms within {@link LOOK_EVERY_MS}. */
const WALL_MOVED_MS = 20;

/** The uptime is that of the machine, and not of a container, when it is no further than this behind the steady clock. */
const SAME_BOOT_MS = 50;

/** Longest sleep of a timer at one go, so that a timer that spans a suspend is late by no more than this. */
const SLEEP_MS_MAX = 1000;

/**
 * The clock of this machine: as fine as `process.hrtime`, and counting suspends as `os.uptime` does.
 *
 * `process.hrtime` is CLOCK_MONOTONIC, which stands still in a suspend. What the uptime is ahead of it is the time suspended, less up to 10 ms, because the uptime is
 * rounded down and is read first; so the largest lead ever seen is the truth, and this clock adds it. That it only grows keeps the clock from going backwards.
 * Between looks, the wall clock gives a suspend away; it is only a hint to look.
 *
 * Shape: the zero point is the kernel's boot; in a container that hides the machine's uptime it is boot plus what was suspended before the start.
 * Source: rule R1 of the ownership rules. A guest that its hypervisor pauses does not notice; the voters' clocks tell it.
 */
export function systemClock(sources: TimeSources = machineTime): Clock {
  const { steadyMs, uptimeMs, wallMs } = sources;
  const readLead = (): number => {
    const up = uptimeMs();
    return up - steadyMs();
  };
  let lookedAtMs = steadyMs();
  let wallLead = wallMs() - lookedAtMs;
  const firstLead = readLead();
  const knownLead = firstLead < -SAME_BOOT_MS ? firstLead : 0;
  let suspendedMs = Math.max(0, firstLead - knownLead);

  const nowMs = (): number => {
    const steady = steadyMs();
    const lead = wallMs() - steady;
    const isRecent = steady - lookedAtMs < LOOK_EVERY_MS && Math.abs(lead - wallLead) < WALL_MOVED_MS;
    if (isRecent) return steady + suspendedMs;
    // What the wall clock showed before this look counts: a suspend during the look is then found by the next call.
    lookedAtMs = steady;
    wallLead = lead;
    suspendedMs = Math.max(suspendedMs, readLead() - knownLead);
    return steadyMs() + suspendedMs;
  };

  return { nowMs, wallMs, setTimer: (delayMs, callback) => startTimer({ nowMs, dueMs: nowMs() + delayMs, callback }) };
}

/** Sleeps until a time of the clock, in short sleeps: Node's own timers may fire a little early, and stand still in a suspend. */
function startTimer(options: {
  readonly nowMs: () => number;
  readonly dueMs: number;
  readonly callback: () => void;
}): Timer {
  const { nowMs, dueMs, callback } = options;
  let timeout: NodeJS.Timeout;
  const sleep = (leftMs: number): void => {
    timeout = setTimeout(wake, Math.min(Math.ceil(leftMs), SLEEP_MS_MAX));
  };
  const wake = (): void => {
    const leftMs = dueMs - nowMs();
    if (leftMs > 0) sleep(leftMs);
    else callback();
  };
  sleep(Math.max(0, dueMs - nowMs()));
  return { cancel: () => clearTimeout(timeout) };
}
