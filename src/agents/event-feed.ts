/**
 * Keeps a source of events open: opened again, after longer and longer pauses, when it breaks.
 *
 * What may be missed meanwhile is made good by a look at everything once it is open again; while it is not, that is said.
 */
import { messageOf } from '../base/error-message.js';
import { limits } from '../model/limits.js';

/** What a source that was opened tells. `ready`: whatever happens from now on is told. `event`: something was told. `broken`: it tells nothing more, because of `why`. */
export interface FeedEvents {
  readonly ready: () => void;
  readonly event: () => void;
  readonly broken: (why: string) => void;
}

/** Opens a source; returns what closes it. Errors: one that throws is broken. */
export type OpenFeed = (events: FeedEvents) => () => void;

/** Pause before a source that broke is opened again; it doubles each time, up to {@link PAUSE_MAX_MS}. Ours. */
const PAUSE_MS = 1000;
const PAUSE_MAX_MS = 60_000;

/** A source that was open for so long is sound. */
const SOUND_MS = 60_000;

/** How long a source that nobody needs is kept open: what is restarted needs it again at once. */
const LINGER_MS = 30_000;

/** One source. */
export class EventFeed {
  readonly #open: OpenFeed;
  readonly #onReady: () => void;
  readonly #onLost: (why: string | null) => void;
  #isNeeded = false;
  #close: (() => void) | null = null;
  /** Counts openings, so that late words of a former one are known. */
  #opening = 0;
  #pauseMs = PAUSE_MS;
  #isLost = false;
  #readyAtMs: number | null = null;
  #window = { fromMs: 0, events: 0 };
  #timer: NodeJS.Timeout | null = null;

  /** `onReady` is told whenever events begin to come, `onLost` when they end (why) and when they come again (null). */
  constructor(options: {
    readonly open: OpenFeed;
    readonly onReady: () => void;
    readonly onLost: (why: string | null) => void;
  }) {
    this.#open = options.open;
    this.#onReady = options.onReady;
    this.#onLost = options.onLost;
  }

  /** Whether anybody needs it: opened when somebody does, closed a while after nobody does. */
  need(isNeeded: boolean): void {
    if (isNeeded === this.#isNeeded) return;
    this.#isNeeded = isNeeded;
    if (!isNeeded) {
      this.#after(LINGER_MS, () => this.close());
    } else if (this.#close === null) {
      this.#begin();
    } else {
      this.#cancelTimer();
    }
  }

  /** Closes it for good, or until it is needed again. */
  close(): void {
    this.#isNeeded = false;
    this.#pauseMs = PAUSE_MS;
    this.#end();
    this.#say(null);
  }

  #begin(): void {
    this.#end();
    const opening = this.#opening;
    const ifCurrent = (act: () => void): void => {
      if (opening === this.#opening) act();
    };
    try {
      this.#close = this.#open({
        ready: () => ifCurrent(() => this.#ready()),
        event: () => ifCurrent(() => this.#count()),
        broken: (why) => ifCurrent(() => this.#broke(why)),
      });
    } catch (error) {
      this.#broke(messageOf(error));
    }
  }

  #end(): void {
    this.#cancelTimer();
    this.#opening += 1;
    this.#close?.();
    this.#close = null;
    this.#readyAtMs = null;
  }

  #ready(): void {
    this.#readyAtMs = performance.now();
    this.#say(null);
    this.#onReady();
  }

  #count(): void {
    const nowMs = performance.now();
    if (nowMs - this.#window.fromMs >= limits.eventsWindowMs) this.#window = { fromMs: nowMs, events: 0 };
    this.#window.events += 1;
    if (this.#window.events <= limits.eventsPerWindowMax) return;
    this.#broke(
      `there were more than ${limits.eventsPerWindowMax} within ${limits.eventsWindowMs / 1000} s`,
      PAUSE_MAX_MS,
    );
  }

  #broke(why: string, pauseMs = this.#nextPauseMs()): void {
    this.#end();
    this.#say(why);
    this.#after(pauseMs, () => this.#begin());
  }

  #nextPauseMs(): number {
    const isSound = this.#readyAtMs !== null && performance.now() - this.#readyAtMs >= SOUND_MS;
    const pauseMs = isSound ? PAUSE_MS : this.#pauseMs;
    this.#pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS);
    return pauseMs;
  }

  #say(why: string | null): void {
    if (why === null && !this.#isLost) return;
    this.#isLost = why !== null;
    this.#onLost(why);
  }

  #after(ms: number, act: () => void): void {
    this.#cancelTimer();
    this.#timer = setTimeout(act, ms).unref();
  }

  #cancelTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
