/** A running timer. */
export interface Timer {
  /** Stops it; its callback will not run. */
  cancel(): void;
}

/** Time and timers of one node. */
export interface Clock {
  /**
   * The node's clock: monotonic, counts the time the machine was suspended; never compared with another node's.
   *
   * Shape: milliseconds, may have a fraction; the zero point is the machine's boot where it can be known.
   */
  nowMs(): number;
  /** Wall time, for people and as a floor for epochs only. Shape: milliseconds since 1970. */
  wallMs(): number;
  /** Runs `callback` once, not before `delayMs` have passed. */
  setTimer(delayMs: number, callback: () => void): Timer;
}
