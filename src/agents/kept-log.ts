/**
 * The output of kept processes: one file for each, written by the process itself and held to a size by the daemon.
 *
 * A file and no pipe, so that the process can write on when the daemon is gone.
 */
import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { limits } from '../model/limits.js';
import { fileNameOf } from './file-name.js';

/** Bytes of a log's end that are read for the last words of a process. */
const TAIL_BYTES = 4096;

/** The logs of one run folder: `RESOURCE.log`, and `RESOURCE.log.1` for what came before. */
export class KeptLogs {
  constructor(private readonly folder: string) {}

  /** Begins a new log; the old one is kept beside it until the next start. The caller closes it after the process has it. */
  open(resource: string): { readonly descriptor: number; readonly close: () => void } {
    const path = this.#path(resource);
    try {
      renameSync(path, `${path}.1`);
    } catch {
      // There was none: nothing to keep.
    }
    const descriptor = openSync(path, 'a', 0o600);
    return { descriptor, close: () => closeSync(descriptor) };
  }

  /** The end of what the process has written since its start; empty when there is nothing. */
  tail(resource: string): string {
    let descriptor: number;
    try {
      descriptor = openSync(this.#path(resource), 'r');
    } catch {
      return ''; // No log: it never said anything.
    }
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      const read = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8', 0, read);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Moves the text of logs that have grown too large to their second file. The writer appends, so it goes on at the new end. */
  holdToSize(): void {
    for (const name of readdirSync(this.folder).filter((entry) => entry.endsWith('.log'))) {
      const path = join(this.folder, name);
      if (statSync(path).size > limits.keptLogBytesMax) {
        copyFileSync(path, `${path}.1`);
        truncateSync(path, 0);
      }
    }
  }

  #path(resource: string): string {
    return join(this.folder, `${fileNameOf(resource)}.log`);
  }
}
