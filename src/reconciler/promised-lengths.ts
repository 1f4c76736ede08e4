/** For how long this node's voter may have promised: it is silent for as long when it forgets the promises themselves (R7). */

/** A lease and a stop budget. */
export interface Lengths {
  readonly leaseMs: number;
  readonly stopBudgetMs: number;
}

/** Lengths that count until some wall time, and for as long as they are the last of their list: those are in force. */
export interface Promised extends Lengths {
  readonly untilWallMs: number;
}

/** What is known of them. */
export interface PromisedLengths {
  /** Those of the last hour, the present ones last. */
  all: readonly Promised[];
  /** What is surely on the disk of them. */
  kept: readonly Promised[];
  /** The spec for which they were looked up last, by its count; 0 when they are to be looked up anew. */
  specCount: number;
}

/** For how long lengths count after they were in force. */
const PROMISED_MS = 3_600_000;
/** How many are kept beside the present ones. */
const EARLIER_MAX = 15;

/** What a daemon that begins knows. */
export function beginPromisedLengths(kept: readonly Promised[]): PromisedLengths {
  return { all: kept, kept, specCount: 0 };
}

/** The same with the present ones last; the very same list when they are it already. */
export function withPresent(all: readonly Promised[], present: Lengths, wallMs: number): readonly Promised[] {
  const last = all.at(-1);
  if (last !== undefined && isSame(last, present)) return all;
  const untilWallMs = wallMs + PROMISED_MS;
  const earlier = all
    .map((each) => (each === last ? { ...each, untilWallMs } : each))
    .filter((each) => each.untilWallMs > wallMs && !isSame(each, present));
  return [...earlier.slice(-EARLIER_MAX), { ...present, untilWallMs }];
}

/** The longest of each that count at a wall time. Shape: 0 where none does. */
export function longestOf(all: readonly Promised[], wallMs = Number.NEGATIVE_INFINITY): Lengths {
  const last = all.at(-1);
  let leaseMs = 0;
  let stopBudgetMs = 0;
  for (const each of all) {
    if (each !== last && each.untilWallMs < wallMs) continue;
    leaseMs = Math.max(leaseMs, each.leaseMs);
    stopBudgetMs = Math.max(stopBudgetMs, each.stopBudgetMs);
  }
  return { leaseMs, stopBudgetMs };
}

function isSame(a: Lengths, b: Lengths): boolean {
  return a.leaseMs === b.leaseMs && a.stopBudgetMs === b.stopBudgetMs;
}
