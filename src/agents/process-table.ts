/**
 * The kernel's table of processes, as far as it is needed to end the right ones and to prove that they are gone.
 *
 * Source: proc(5).
 */
import { isJsonObject } from '../base/json-object.js';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A process that lives: a zombie only waits to be forgotten and is not listed. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it began, in clock ticks since boot: with the pid it names a process for as long as the machine is up. */
  readonly startTicks: number;
}

/** A process by the two numbers that no other process of this boot shares. */
export type ProcessIdentity = Pick<ProcessRow, 'pid' | 'startTicks'>;

/** Rows that are read before the event loop gets its turn. Ours: the kernel takes up to 0.1 ms to write one, and heartbeats must not wait long. */
const ROWS_PER_TURN = 40;

/** Errors by which a file of a process is gone with it, or belongs to another user. Any other, for want of a file descriptor, says nothing of the process. */
const NOT_THERE: readonly string[] = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

/** Whether an error of reading a process's file says that there is no such process, or none that this one may see. */
export function isNotThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_THERE.includes(String(error.code));
}

/** One process; null when there is none with this pid, or only its zombie. Errors: throws when that cannot be found out. */
export function readProcess(pid: number): ProcessRow | null {
  const entry = readEntry(pid);
  return entry === null || entry.isDead ? null : entry.row;
}

/** One process, even when only its zombie is left: a child that was not waited for yet. Errors: as {@link readProcess}. */
export function readChild(pid: number): ProcessRow | null {
  return readEntry(pid)?.row ?? null;
}

function readEntry(pid: number): { readonly row: ProcessRow; readonly isDead: boolean } | null {
  let text: string;
  try {
    text = readUnsized(`/proc/${pid}/stat`);
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
  // The second field is the program's name in brackets and may hold spaces and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const row = {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTicks: Number(fields[19]),
  };
  return { row, isDead: state === 'Z' || state === 'X' };
}

/** Whether a value that was written down names a process. */
export function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    isJsonObject(value) &&
    Number.isSafeInteger(value.pid) &&
    Number(value.pid) > 1 &&
    Number.isSafeInteger(value.startTicks)
  );
}

/** Whether this very process still lives, rather than another one that was given its pid. Errors: as {@link readProcess}. */
export function isAlive(identity: ProcessIdentity): boolean {
  return readProcess(identity.pid)?.startTicks === identity.startTicks;
}

/** Every living process that this one may see, and that passes the test. Errors: rejects when one cannot be looked at, so that none is missed. */
export async function listProcesses(isWanted: (row: ProcessRow) => boolean = () => true): Promise<ProcessRow[]> {
  const rows: ProcessRow[] = [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const [index, pid] of pids.entries()) {
    const row = readProcess(Number(pid));
    if (row !== null && isWanted(row)) {
      rows.push(row);
    }
    if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) {
      await nextTurn();
    }
  }
  return rows;
}

/**
 * The pids of those that were started with a variable in their environment.
 *
 * Shape: `variable` is `NAME=value` in ASCII. A program that has written over its environment (those that rename themselves do) or that belongs to another user is not found.
 * Errors: rejects when an environment cannot be read for another reason.
 */
export async function listMarkedProcesses(rows: readonly ProcessRow[], variable: string): Promise<ReadonlySet<number>> {
  const marked = new Set<number>();
  const wanted = `\0${variable}\0`;
  for (const [index, { pid }] of rows.entries()) {
    if (readEnvironment(pid).includes(wanted)) {
      marked.add(pid);
    }
    if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) {
      await nextTurn();
    }
  }
  return marked;
}

/** The value of a variable with which a process was started; null where there is none, or it cannot be read. Of a program that has written over its environment none can. */
export function readVariable(pid: number, name: string): string | null {
  const [, rest] = readEnvironment(pid).split(`\0${name}=`, 2);
  return rest === undefined ? null : (rest.split('\0', 1)[0] ?? null);
}

/** Shape: each variable has a zero byte before and after it. */
function readEnvironment(pid: number): string {
  try {
    return `\0${readUnsized(`/proc/${pid}/environ`)}`;
  } catch (error) {
    // Ended, or another user's: then it is not one that this program started.
    if (isNotThere(error)) return '';
    throw error;
  }
}

/** Files of proc(5) tell no size, for which Node takes 64 KiB at every read: one buffer serves them all. */
const chunk = Buffer.allocUnsafeSlow(16 * 1024);

function readUnsized(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    let text = '';
    for (;;) {
      const length = readSync(descriptor, chunk, 0, chunk.length, null);
      if (length === 0) return text;
      text += chunk.toString('latin1', 0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Now, as start times of processes are counted. Shape: never later than that of a process that is started from now on; in a container that is told another uptime, earlier. */
export function nowTicks(): number {
  // Ticks of a hundredth of a second are those of every machine that Node runs on.
  return Math.floor(Number.parseFloat(readUnsized('/proc/uptime')) * 100) - 1;
}

/** Names this boot of the machine: pids and start times mean nothing in another one. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * Sends a signal.
 *
 * Shape: `target` is a pid, or a process group as a negative number. Returns false when nothing is there any more, or it may not be signalled.
 */
export function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}
