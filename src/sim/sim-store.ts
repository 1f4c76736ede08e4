import type { Store } from '../ports/store.js';

/** A disk, or the memory behind a tmpfs: what is on it outlives the processes that wrote it. */
export class SimDisk {
  readonly texts = new Map<string, string>();
  /** Nothing more can be written. */
  isFull = false;
}

/**
 * The store port of one process on a disk.
 *
 * Shape: `mayWrite` is asked before each write and says whether the process still lives; what a dead one writes is lost.
 */
export class SimStore implements Store {
  readonly #disk: SimDisk;
  readonly #mayWrite: (name: string) => boolean;

  constructor(disk: SimDisk, mayWrite: (name: string) => boolean = () => true) {
    this.#disk = disk;
    this.#mayWrite = mayWrite;
  }

  read(name: string): string | null {
    return this.#disk.texts.get(name) ?? null;
  }

  write(name: string, text: string): void {
    if (!this.#mayWrite(name)) return;
    if (this.#disk.isFull) throw new Error('no space left on the simulated disk');
    this.#disk.texts.set(name, text);
  }

  remove(name: string): void {
    if (this.#mayWrite(name)) this.#disk.texts.delete(name);
  }
}
