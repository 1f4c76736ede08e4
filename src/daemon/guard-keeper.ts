import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { keptOwner } from '../agents/kept-owner.js';
import { readText } from '../agents/run-file.js';
import { messageOf } from '../base/error-message.js';
import type { NamedProcess } from '../guard/guard-files.js';
import { GUARD_FILES, nameSelf, readNamed } from '../guard/guard-files.js';
import type { GuardAct } from '../guard/guard-reports.js';
import { readStanding, takeActs } from '../guard/guard-reports.js';
import { startGuard } from '../guard/start-guard.js';
import type { WatchdogStanding } from '../guard/watchdog.js';
import type { Clock, Timer } from '../ports/clock.js';
import type { Log } from '../ports/log.js';

/** What a keeper needs, and whom it tells. */
export interface GuardKeeperOptions {
  readonly node: string;
  readonly runDir: string;
  readonly software: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The program of the guard instead of the one that belongs to this daemon. */
  readonly program?: string;
  /** Shape: why nobody guards, null when somebody does. */
  readonly onGuarded: (why: string | null) => void;
  readonly onActs: (acts: readonly GuardAct[]) => void;
  /** Shape: null when the spec names no watchdog. */
  readonly onWatchdog: (standing: WatchdogStanding | null) => void;
  /** Nothing more will be told. */
  readonly onStopped: () => void;
}

/** How often it is looked whether the guard is there: three small files. */
const LOOK_EVERY_MS = 1000;

/** How long a new guard may take to name itself. Ours: it takes 100 ms here, 1 s on a very busy machine. */
const NAMED_WITHIN_MS = 10_000;

/** Pause between looks while it is waited for. */
const NAMED_LOOK_MS = 20;

/** A guard that has not said for this long how it stands is stuck; it says so every 2 s. */
const STUCK_MS = 10_000;

/** How long after a start that came to nothing the next one is tried: twice as long each time, up to the second number. */
const AGAIN_MS = 1000;
const AGAIN_MS_MAX = 60_000;

/**
 * Sees to it that a guard of this version is there for as long as the daemon is, and tells what it did and how it stands.
 *
 * A guard of another version goes on until the new one has named itself, so that there is no gap.
 */
export class GuardKeeper {
  readonly #options: GuardKeeperOptions;
  #child: ChildProcess | null = null;
  /** What was written down to name the daemon. */
  #name = '';
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #againMs = AGAIN_MS;
  #why: string | null = 'it has not started yet';
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(options: GuardKeeperOptions) {
    this.#options = options;
  }

  /** Whether a guard of this version is there. */
  get isGuarded(): boolean {
    return this.#why === null;
  }

  /**
   * Names the daemon and sees that a guard is there; resolves when one is, or when it takes too long.
   *
   * Shape: `isOver` when the orders that are there tell a guard to end: then one that is still there does not count.
   */
  async start(options: { readonly isOver: boolean }): Promise<void> {
    const { clock } = this.#options;
    // A guard that is there may have begun a moment ago and not have said yet how it stands.
    this.#startedAtMs = clock.nowMs();
    const why = this.#nameDaemon();
    if (why !== null) this.#say(`the run directory cannot be written: ${why}`);
    if (options.isOver || this.#guard() === null) this.#startGuard(clock.nowMs());
    const started = this.#child;
    const untilMs = clock.nowMs() + NAMED_WITHIN_MS;
    while (clock.nowMs() < untilMs && !this.#isNamed(started)) {
      if (started !== null && started.exitCode !== null) break;
      await new Promise<void>((resolve) => clock.setTimer(NAMED_LOOK_MS, resolve));
    }
    this.#look();
  }

  /** Leaves the guard alone; whether it stays is said by the orders. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#options.onStopped();
  }

  #look(): void {
    if (this.#isStopped) return;
    const { clock, runDir } = this.#options;
    const nowMs = clock.nowMs();
    // Who finds no daemon named takes it for gone: a guard that has nothing to guard then ends, again and again.
    if (readText(join(runDir, GUARD_FILES.daemon)) !== this.#name) this.#nameDaemon();
    const guard = this.#guard();
    const standing = readStanding(runDir);
    const isStuck =
      guard !== null &&
      nowMs - this.#startedAtMs > STUCK_MS &&
      (standing === null || standing.pid !== guard.pid || nowMs - standing.atMs > STUCK_MS);
    if (guard !== null && !isStuck) {
      this.#againMs = AGAIN_MS;
      this.#say(null);
      this.#options.onWatchdog(standing?.watchdog ?? null);
    } else {
      this.#say(isStuck ? `process ${guard.pid} does not say how it stands` : 'it ended, or could not start');
      if (nowMs - this.#startedAtMs >= this.#againMs) {
        this.#againMs = Math.min(2 * this.#againMs, AGAIN_MS_MAX);
        this.#startGuard(nowMs);
      }
    }
    const acts = takeActs(runDir);
    if (acts.length > 0) this.#options.onActs(acts);
    this.#timer = clock.setTimer(LOOK_EVERY_MS, () => this.#look());
  }

  /** Writes down which process is the daemon. Shape: returns why it could not; null when it could. */
  #nameDaemon(): string | null {
    const { runDir, software } = this.#options;
    try {
      this.#name = nameSelf(runDir, { file: GUARD_FILES.daemon, software });
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** The guard of this version that lives; null when there is none. */
  #guard(): NamedProcess | null {
    const named = readNamed(this.#options.runDir, GUARD_FILES.guard);
    return named !== null && named.software === this.#options.software ? named : null;
  }

  #isNamed(started: ChildProcess | null): boolean {
    const guard = this.#guard();
    return guard !== null && (started === null || guard.pid === started.pid);
  }

  #startGuard(nowMs: number): void {
    const { node, runDir, software, log, program } = this.#options;
    this.#startedAtMs = nowMs;
    try {
      const owner = keptOwner({ node, folder: join(runDir, 'kept') });
      const child = startGuard({ runDir, node, owner, software }, program);
      child.once('error', (error) => log.event('error', `the guard cannot be started: ${error.message}`));
      child.once('exit', (code, signal) => {
        if (code !== 0)
          log.event('warn', `the guard ended by itself, ${code === null ? `by ${signal}` : `exit code ${code}`}`);
      });
      this.#child = child;
    } catch (error) {
      log.event('error', `the guard cannot be started: ${messageOf(error)}`);
    }
  }

  #say(why: string | null): void {
    if (why === this.#why) return;
    this.#why = why;
    this.#options.onGuarded(why);
  }
}
