import { parseJson } from '../base/json-object.js';
import type { Store } from '../ports/store.js';

/** A store whose texts are worth something only within the boot in which they were written. */
export class StampedStore implements Store {
  readonly #inner: Store;
  readonly #bootId: string;

  constructor(inner: Store, bootId: string) {
    this.#inner = inner;
    this.#bootId = bootId;
  }

  read(name: string): string | null {
    return decodeStamped(this.#inner.read(name), this.#bootId);
  }

  write(name: string, text: string): void {
    this.#inner.write(name, stamp(text, this.#bootId));
  }

  remove(name: string): void {
    this.#inner.remove(name);
  }
}

/** A text of ours with the boot in which it was written. */
interface Stamped {
  readonly bootId: string;
  readonly text: string;
}

/**
 * Reads a text that is only worth something within the boot in which it was written.
 *
 * Errors: none; null when there is none, when it is of another boot, or when it is no text of ours.
 */
export function decodeStamped(text: string | null, bootId: string): string | null {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || !('bootId' in value) || !('text' in value)) return null;
  return value.bootId === bootId && typeof value.text === 'string' ? value.text : null;
}

/** Writes a text with the boot in which it is written. */
export function stamp(text: string, bootId: string): string {
  const stamped: Stamped = { bootId, text };
  return JSON.stringify(stamped);
}
