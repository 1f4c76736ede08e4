import type { Store } from '../ports/store.js';
import { decodeStamped, stamp } from './decode-memory.js';

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
