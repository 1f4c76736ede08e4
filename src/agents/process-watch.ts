/** Notices the end of processes that are not this program's children, for of these nobody tells. */
import type { ProcessIdentity } from './process-table.js';
import { isAlive, sendSignal } from './process-table.js';

/** How often it is asked whether a process is there. Ours: to ask takes 2 µs, but each waking of a daemon that else sleeps costs some 0.1 ms; with many they are asked less often ({@link askAgainMs}). */
const ASK_MS = 100;
/** How often it is looked at whether what is there is that very process. Ours: a read of /proc takes 20 µs. */
const LOOK_MS = 200;

/** The watch of some processes, each under a name. */
export class ProcessWatch {
  readonly #onEnded: (name: string) => void;
  readonly #isThere: (process: ProcessIdentity) => boolean;
  readonly #watched = new Map<string, ProcessIdentity>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Runs while there are any. */
  #asking: NodeJS.Timeout | null = null;

  /** `onEnded` is told once of each, and it is watched no longer. `isThere` looks; by default a zombie is not there. */
  constructor(onEnded: (name: string) => void, isThere: (process: ProcessIdentity) => boolean = isAlive) {
    this.#onEnded = onEnded;
    this.#isThere = isThere;
  }

  add(name: string, process: ProcessIdentity): void {
    this.#watched.set(name, process);
    this.#asking ??= setTimeout(() => this.#ask(), ASK_MS).unref();
  }

  remove(name: string): void {
    this.#watched.delete(name);
  }

  close(): void {
    if (this.#asking !== null) clearTimeout(this.#asking);
    this.#asking = null;
    this.#watched.clear();
  }

  #ask(): void {
    const nowMs = performance.now();
    const isLook = nowMs - this.#lookedAtMs >= LOOK_MS;
    if (isLook) this.#lookedAtMs = nowMs;
    for (const [name, process] of this.#watched) {
      // Only a look proves anything: what may not be signalled is not gone, and what is there may be another process, or a zombie.
      if ((!isLook && sendSignal(process.pid, 0)) || this.#mayBeThere(process)) continue;
      this.#watched.delete(name);
      this.#onEnded(name);
    }
    const { size } = this.#watched;
    this.#asking = size === 0 ? null : setTimeout(() => this.#ask(), askAgainMs(size)).unref();
  }

  #mayBeThere(process: ProcessIdentity): boolean {
    try {
      return this.#isThere(process);
    } catch {
      return true; // It could not be looked at; the next look may.
    }
  }
}

/** Pause between two times of asking. Shape: milliseconds, a half for each process from 200 on. */
function askAgainMs(count: number): number {
  return Math.max(ASK_MS, count / 2);
}
