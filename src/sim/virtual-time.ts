/** Real time as the simulation has it, and what is to happen when. */

/** Something that will happen; cancelled by setting `run` to null. */
export interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | null;
}

/**
 * The one time line of a simulated cluster: a queue of events by time, those of one time in the order in which they were scheduled.
 *
 * Shape: milliseconds from 0, with fractions. No simulated node ever sees it: nodes see their own clocks.
 */
export class VirtualTime {
  #nowMs = 0;
  #count = 0;
  readonly #heap: Scheduled[] = [];

  /** The present instant. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets something happen at an instant; one that is past means now, after what is due already. */
  at(atMs: number, run: () => void): Scheduled {
    this.#count += 1;
    const event: Scheduled = { atMs: Math.max(atMs, this.#nowMs), order: this.#count, run };
    push(this.#heap, event);
    return event;
  }

  /** Lets something happen after a span. */
  after(ms: number, run: () => void): Scheduled {
    return this.at(this.#nowMs + ms, run);
  }

  /** Brings the next event about if it is due by then. Returns false, with the time at `untilMs`, when there is none. */
  stepTo(untilMs: number): boolean {
    for (let first = this.#heap[0]; first !== undefined && first.atMs <= untilMs; first = this.#heap[0]) {
      pop(this.#heap);
      if (first.run === null) continue;
      this.#nowMs = first.atMs;
      first.run();
      return true;
    }
    this.#nowMs = untilMs;
    return false;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Scheduled[], event: Scheduled): void {
  let at = heap.push(event) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || !isBefore(event, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = event;
}

function pop(heap: Scheduled[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let down = 2 * at + 1;
    let child = heap[down];
    if (child === undefined) break;
    const right = heap[down + 1];
    if (right !== undefined && isBefore(right, child)) {
      down += 1;
      child = right;
    }
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = down;
  }
  heap[at] = last;
}
