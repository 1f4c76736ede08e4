import { decodeSwapped } from './swap.js';

/**
 * The states of one process, each known by a number, so that the state of a whole world is a few numbers.
 *
 * Two states are the same when their texts are: maps and sets in order of their keys, and without what the process was told at its beginning once for all.
 */
export class LocalStates<State> {
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];
  readonly #swapped: number[] = [];

  /** The number of a state. Shape: counts from 0. The state must not be changed afterwards. */
  numberOf(state: State): number {
    const text = JSON.stringify(state, plain);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#states.push(state);
    this.#numbers.set(text, this.#states.length - 1);
    return this.#states.length - 1;
  }

  /** The state of a number; not to be changed. */
  at(number: number): State {
    const state = this.#states[number];
    if (state === undefined) throw new Error(`no state has the number ${number}`);
    return state;
  }

  /** The number of the same state with two voters' names exchanged. */
  swapped(number: number): number {
    let swapped = this.#swapped[number];
    if (swapped === undefined) {
      swapped = this.numberOf(decodeSwapped(this.at(number)));
      this.#swapped[number] = swapped;
    }
    return swapped;
  }

  /** How many there are. */
  get size(): number {
    return this.#states.length;
  }
}

function plain(name: string, value: unknown): unknown {
  if (name === 'rules' || name === 'random') return undefined;
  if (value instanceof Map) return [...value].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  if (value instanceof Set) return [...value].sort();
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
