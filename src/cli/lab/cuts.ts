/** Which nodes of a lab can hear each other. Pure. */

/** Pairs between which nothing passes. */
export class Cuts {
  readonly #pairs = new Set<string>();

  /** Cuts a node from another, or, with null, from all of them. */
  cut(node: string, peer: string | null, all: readonly string[]): void {
    for (const other of peer === null ? all.filter((each) => each !== node) : [peer]) {
      this.#pairs.add(pairOf(node, other));
    }
  }

  heal(): void {
    this.#pairs.clear();
  }

  isCut(a: string, b: string): boolean {
    return this.#pairs.has(pairOf(a, b));
  }

  /** Whom a node loses everything to and from. */
  peersCutFrom(node: string, all: readonly string[]): string[] {
    return all.filter((other) => other !== node && this.isCut(node, other));
  }

  /** The pairs, for people; null when there are none. */
  describe(): string | null {
    return this.#pairs.size === 0
      ? null
      : [...this.#pairs]
          .sort()
          .map((pair) => pair.replace(' ', '–'))
          .join(', ');
  }
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
