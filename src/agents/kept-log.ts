/**
 * The output of kept processes: one file for each, written by the process itself and held to a size by the daemon.
 *
 * A file and no pipe, so that the process can write on when the daemon is gone.
 */
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { limits } from '../model/limits.js';
import { fileNameOf, idOfFileName } from './file-name.js';

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
    try {
      return readEnd(this.#path(resource), TAIL_BYTES).toString('utf8');
    } catch {
      return ''; // No log: it never said anything.
    }
  }

  /**
   * Moves the end of logs that have grown too large to their second file, and drops the rest. The writer appends, so it goes on at the new end.
   *
   * Errors: throws the first when all were looked at.
   */
  holdToSize(): void {
    const errors: unknown[] = [];
    for (const name of readdirSync(this.folder).filter((entry) => entry.endsWith('.log'))) {
      const path = join(this.folder, name);
      try {
        if (statSync(path).size <= limits.keptLogBytesMax) continue;
        const end = readEnd(path, limits.keptLogBytesMax);
        // First of all, for when it is what has filled the tmpfs.
        truncateSync(path, 0);
        writeFileSync(`${path}.1`, end, { mode: 0o600 });
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** Removes the logs of resources that are not known any more, and of which no record says that something of them may be left. */
  removeOthers(isKnown: (resource: string) => boolean): void {
    const names = readdirSync(this.folder);
    const present = new Set(names);
    for (const name of names) {
      const [, base] = /^(.+)\.log(?:\.1)?$/.exec(name) ?? [];
      if (base === undefined || present.has(`${base}.json`) || isKnown(idOfFileName(base))) continue;
      rmSync(join(this.folder, name), { force: true });
    }
  }

  #path(resource: string): string {
    return join(this.folder, `${fileNameOf(resource)}.log`);
  }
}

function readEnd(path: string, bytesMax: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytesMax));
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, size - buffer.length));
  } finally {
    closeSync(descriptor);
  }
}
