import type { Clock, Timer } from '../ports/clock.js';
import type { Scheduled, VirtualTime } from './virtual-time.js';

/** Wall time at the beginning of every simulation. Shape: milliseconds since 1970. */
const WALL_BEGIN_MS = 1_800_000_000_000;

/**
 * The clock of a machine: runs at its own rate from the machine's boot on, and stands still while a hypervisor has the machine frozen.
 *
 * Shape: `rate` is milliseconds of this clock per millisecond of real time.
 */
export class HostClock {
  readonly #time: VirtualTime;
  #rate: number;
  #runningRate: number;
  #realBaseMs: number;
  #localBaseMs: number;
  #wallOffsetMs: number;

  constructor(options: {
    readonly time: VirtualTime;
    readonly rate: number;
    readonly upMs: number;
    readonly wallOffsetMs: number;
  }) {
    this.#time = options.time;
    this.#rate = options.rate;
    this.#runningRate = options.rate;
    this.#realBaseMs = options.time.nowMs;
    this.#localBaseMs = options.upMs;
    this.#wallOffsetMs = options.wallOffsetMs;
  }

  /** Milliseconds of this clock per millisecond of real time, while it does not stand still. */
  get rate(): number {
    return this.#runningRate;
  }

  /** What the clock shows. */
  nowMs(): number {
    return this.#localBaseMs + (this.#time.nowMs - this.#realBaseMs) * this.#rate;
  }

  /** Wall time of this machine. */
  wallMs(): number {
    return WALL_BEGIN_MS + this.#time.nowMs + this.#wallOffsetMs;
  }

  /** The real instant at which the clock will show a time, if nothing happens to it; Infinity while it stands still. */
  realAtMs(localMs: number): number {
    return this.#rate === 0 ? Number.POSITIVE_INFINITY : this.#realBaseMs + (localMs - this.#localBaseMs) / this.#rate;
  }

  /** The clock stands still. */
  freeze(): void {
    this.#rebase(0);
  }

  /** The clock goes on where it stood. */
  thaw(): void {
    this.#rebase(this.#runningRate);
  }

  /** The clock goes faster or slower from now on. */
  setRate(rate: number): void {
    this.#runningRate = rate;
    if (this.#rate !== 0) this.#rebase(rate);
  }

  /** Somebody sets the wall clock. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  #rebase(rate: number): void {
    this.#localBaseMs = this.nowMs();
    this.#realBaseMs = this.#time.nowMs;
    this.#rate = rate;
  }
}

/** Real milliseconds by which a timer is late at most, on a machine with little to do. */
const LATE_MS = 1;
/** More than what is lost by rounding, so that a timer never comes before its time. */
const LATE_MIN_MS = 0.001;

/**
 * The clock port of one process on a machine. Its timers reach the process through `deliver`, which may hold them back while the process is stopped.
 *
 * Shape: `late` gives a number from 0 to 1 for each timer: how late it is.
 */
export class ProcessClock implements Clock {
  readonly #time: VirtualTime;
  readonly #host: HostClock;
  readonly #deliver: (run: () => void) => void;
  readonly #late: () => number;

  constructor(options: {
    readonly time: VirtualTime;
    readonly host: HostClock;
    readonly deliver: (run: () => void) => void;
    readonly late: () => number;
  }) {
    this.#time = options.time;
    this.#host = options.host;
    this.#deliver = options.deliver;
    this.#late = options.late;
  }

  nowMs(): number {
    return this.#host.nowMs();
  }

  wallMs(): number {
    return this.#host.wallMs();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const dueMs = this.#host.nowMs() + Math.max(0, delayMs);
    let event: Scheduled | null = null;
    let isCancelled = false;
    const set = (): void => {
      const lateMs = LATE_MIN_MS + this.#late() * LATE_MS;
      event = this.#time.at(this.#host.realAtMs(dueMs) + lateMs, () => this.#deliver(fire));
    };
    const fire = (): void => {
      if (isCancelled) return;
      // The clock stood still, or goes slower than when the timer was set.
      if (this.#host.nowMs() < dueMs) set();
      else callback();
    };
    set();
    return {
      cancel: () => {
        isCancelled = true;
        if (event !== null) event.run = null;
      },
    };
  }
}
