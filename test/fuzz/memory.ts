import type { Findings } from './findings.js';

/** Part of a feed after which everything that is needed at once is there. */
const WARM = 0.2;

/** How much more a feed may hold on to from then on. Ours: ten times what a run of a million was seen to. */
const GROWTH_MIB_MAX = 48;

/** Looks at the heap of this process: whatever is fed, it does not grow with it. */
export class Memory {
  #warmMiB: number | null = null;
  #isLate = false;
  /** The largest growth of any feed; null when the garbage collector cannot be asked. */
  growthMiB: number | null = null;

  constructor(private readonly findings: Findings) {}

  /** Looks once when the feed is warm, and once at its end. */
  look(done: number): void {
    if (globalThis.gc === undefined) return;
    if (this.#warmMiB === null && done >= WARM) this.#warmMiB = heapMiB();
    if (this.#warmMiB === null || this.#isLate || done < 1) return;
    this.#isLate = true;
    const growthMiB = heapMiB() - this.#warmMiB;
    this.growthMiB = Math.max(this.growthMiB ?? 0, growthMiB);
    if (growthMiB > GROWTH_MIB_MAX)
      this.findings.violate(`the heap grew by ${growthMiB.toFixed(0)} MiB while the last four fifths were fed`);
  }

  /** The next feed begins. */
  forget(): void {
    this.#warmMiB = null;
    this.#isLate = false;
  }
}

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
