/**
 * A set of states in the order in which they were found, each a row of whole numbers, with the state from which each was found first.
 *
 * A hash table with open addresses over typed arrays: a set of texts would take many times the memory for millions of rows.
 */
export class StateTable {
  readonly #width: number;
  #rows: Int32Array;
  #from: Int32Array;
  #slots: Int32Array;
  #size = 0;

  constructor(width: number) {
    this.#width = width;
    this.#rows = new Int32Array(width * ROWS_AT_FIRST);
    this.#from = new Int32Array(ROWS_AT_FIRST);
    this.#slots = new Int32Array(ROWS_AT_FIRST * SLOTS_PER_ROW);
  }

  get size(): number {
    return this.#size;
  }

  /** Takes a state in. Returns whether it is new. */
  add(row: readonly number[], from: number): boolean {
    if (this.#size === this.#from.length) this.#grow();
    const slot = this.#slotOf(row);
    if (this.#slots[slot] !== 0) return false;
    this.#rows.set(row, this.#size * this.#width);
    this.#from[this.#size] = from;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    return true;
  }

  row(index: number): number[] {
    return [...this.#rows.subarray(index * this.#width, (index + 1) * this.#width)];
  }

  /** The index of the state from which this one was found first; -1 for the first of all. */
  from(index: number): number {
    return this.#from[index] ?? -1;
  }

  /** The slot of a row, or the free one where it belongs. Shape: a slot holds 1 + the row's index, and 0 while it is free. */
  #slotOf(row: readonly number[]): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(row) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0 || this.#isAt(found - 1, row)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isAt(index: number, row: readonly number[]): boolean {
    const base = index * this.#width;
    for (let i = 0; i < this.#width; i++) if (this.#rows[base + i] !== row[i]) return false;
    return true;
  }

  #grow(): void {
    const rows = this.#from.length * 2;
    this.#rows = grown(this.#rows, rows * this.#width);
    this.#from = grown(this.#from, rows);
    this.#slots = new Int32Array(rows * SLOTS_PER_ROW);
    for (let index = 0; index < this.#size; index++) this.#slots[this.#slotOf(this.row(index))] = index + 1;
  }
}

/** Powers of two, both: a slot is found by a mask. */
const ROWS_AT_FIRST = 1 << 16;
const SLOTS_PER_ROW = 2;

function hashOf(row: readonly number[]): number {
  let hash = 0;
  for (const each of row) {
    hash = Math.imul(hash ^ each, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
