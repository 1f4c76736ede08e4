/**
 * Whether some process of a program runs.
 *
 * Source: proc(5): `comm` holds the first 15 characters of the program's name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isNotThere, readProcess } from './process-table.js';

const COMM_LENGTH_MAX = 15;

/** Names that are read before the event loop gets its turn. Ours: a read takes some 20 µs, and heartbeats must not wait long. */
const NAMES_PER_TURN = 100;

/** Looks for processes by the name of their program. */
export class ProgramFinder {
  /** By name, the process that was found last: it is asked first. */
  readonly #lastFound = new Map<string, string>();

  /** Whether one runs; a zombie does not. Errors: rejects when that cannot be found out. */
  async find(name: string): Promise<boolean> {
    const comm = Buffer.from(name).subarray(0, COMM_LENGTH_MAX).toString();
    const last = this.#lastFound.get(comm);
    if (last !== undefined && runs(last, comm)) return true;
    this.#lastFound.delete(comm);
    const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
    for (const [index, pid] of pids.entries()) {
      if (runs(pid, comm)) {
        this.#lastFound.set(comm, pid);
        return true;
      }
      if (index % NAMES_PER_TURN === NAMES_PER_TURN - 1) await nextTurn();
    }
    return false;
  }
}

function runs(pid: string, comm: string): boolean {
  return nameOf(pid) === comm && readProcess(Number(pid)) !== null;
}

function nameOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, '');
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
}
