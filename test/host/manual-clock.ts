/** A clock that goes on only when told to: timers run within {@link ManualClock.advance}, in the order in which they are due. */
import type { Clock, Timer } from '../../src/ports/clock.js';

const WALL_AT_START_MS = Date.UTC(2026, 2, 4, 12);

/** Time by hand. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return WALL_AT_START_MS + this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    const after = this.#timers.findIndex(({ dueMs }) => dueMs > timer.dueMs);
    this.#timers.splice(after < 0 ? this.#timers.length : after, 0, timer);
    return {
      cancel: () => {
        const at = this.#timers.indexOf(timer);
        if (at >= 0) this.#timers.splice(at, 1);
      },
    };
  }

  /** Lets time pass. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#timers[0]; next !== undefined && next.dueMs <= untilMs; next = this.#timers[0]) {
      this.#timers.shift();
      this.#nowMs = next.dueMs;
      next.callback();
    }
    this.#nowMs = untilMs;
  }

  /** Timers that still wait. */
  get waiting(): number {
    return this.#timers.length;
  }
}
