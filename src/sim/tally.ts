import { compareIds } from '../base/order.js';

/** Counts what happened in schedules, by name, so that a quiet run cannot pass for a hard one. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** Counts one more, or several. */
  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** How often something happened. */
  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Adds another's counts to these. */
  add(other: Tally): void {
    for (const [name, count] of other.#counts) this.count(name, count);
  }

  /** Everything, in order of the names. */
  entries(): [string, number][] {
    return [...this.#counts].sort(([a], [b]) => compareIds(a, b));
  }
}
