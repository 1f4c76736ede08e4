/** Watches that no group ever has two owners at once, by what the nodes say of themselves. Pure. */

/** A time in which a node surely ran a group. Shape: from the end of the first answer that said so to the start of the last. */
interface Holding {
  readonly fromMs: number;
  untilMs: number;
}

/** Two nodes that surely ran a group at once. */
export interface TwoOwners {
  readonly group: string;
  readonly nodes: readonly [string, string];
}

/**
 * Collects answers of nodes on whether they run a group.
 *
 * One answer says that it ran at some moment between question and answer. Two answers in a row say that it ran all the time between them, so two such times of two nodes
 * that overlap prove two owners; answers that only nearly coincide prove nothing.
 */
export class OwnerWatch {
  readonly #holdings = new Map<string, Map<string, Holding>>();
  readonly #told = new Set<string>();

  /** Takes an answer. Returns two owners the first time that they are proved. */
  note(answer: {
    readonly group: string;
    readonly node: string;
    readonly runs: boolean;
    readonly askedMs: number;
    readonly answeredMs: number;
  }): TwoOwners | null {
    const { group, node, runs, askedMs, answeredMs } = answer;
    const holdings = this.#holdings.get(group) ?? new Map<string, Holding>();
    this.#holdings.set(group, holdings);
    if (!runs) {
      holdings.delete(node);
      return null;
    }
    const holding = holdings.get(node) ?? { fromMs: answeredMs, untilMs: answeredMs };
    holding.untilMs = Math.max(holding.untilMs, askedMs);
    holdings.set(node, holding);
    for (const [other, its] of holdings) {
      if (other === node || Math.max(its.fromMs, holding.fromMs) >= Math.min(its.untilMs, holding.untilMs)) continue;
      const nodes: [string, string] = other < node ? [other, node] : [node, other];
      const key = `${group} ${nodes.join(' ')}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      return { group, nodes };
    }
    return null;
  }

  /** A node went away or stood still: what it said last says nothing of later. */
  forget(node: string): void {
    for (const holdings of this.#holdings.values()) holdings.delete(node);
  }
}
