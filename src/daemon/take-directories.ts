/**
 * The directories of a daemon, which are its own for as long as its process lives.
 *
 * Two daemons over one of them would go on with the same leases and promises, and end each other's services. The kernel holds the lock of a directory with the file that this process has open: however the process ends, the lock ends with it. Programs that it starts do not have it, the guard and services that outlive it least of all, since Node opens files so that they are closed when a program is run.
 *
 * Source: flock(2): a lock is the open file's and not a process's, so it stays when the program `flock`, which was handed the file, has taken it and ended; open(2): O_CLOEXEC; proc(5): fdinfo, net/unix.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileStore } from '../host/file-store.js';
import { describeSystemError, errorCode } from '../host/system-error.js';
import { DECODED_FILE } from './decoded-file.js';

/** Pause between looks whether a daemon that is about to end has ended. */
const LOOK_MS = 50;

/** How long it is waited for: it has a second for requests under way and two for alerts, and a busy machine adds to that. */
const ENDING_MS_MAX = 4000;

/** Of a socket that accepts connections. Source: linux/net.h, __SO_ACCEPTCON. */
const LISTENING_FLAGS = '00010000';

interface OpenDirectory {
  readonly what: string;
  readonly path: string;
  readonly file: number;
}

/** The directories of this process. */
export interface TakenDirectories {
  /** Removes what of them was made here and holds nothing but the decoded spec: for a start that is refused. */
  readonly removeMade: () => void;
}

/**
 * Takes both directories, which are made where they are missing, before anything else in them is read or written. They are never given back: they end with the process.
 *
 * Another daemon is in the way for as long as it lives. One that has closed its control socket is about to end, and is waited for.
 *
 * Errors: rejects with one sentence that names the directory, and the other daemon's process where the kernel tells it; when a directory cannot be made, opened or locked, too. Nothing empty that was made here is left then.
 */
export async function takeDirectories(options: {
  readonly stateDir: string;
  readonly runDir: string;
}): Promise<TakenDirectories> {
  const untilMs = performance.now() + ENDING_MS_MAX;
  const made: string[] = [];
  const removeMade = (): void => {
    if (made.includes(options.runDir)) rmSync(join(options.runDir, DECODED_FILE), { force: true });
    made.forEach(removeIfEmpty);
  };
  try {
    const state = await take({ what: 'state directory', path: options.stateDir }, { untilMs, made, beside: null });
    await take({ what: 'run directory', path: options.runDir }, { untilMs, made, beside: state });
    return { removeMade };
  } catch (error) {
    removeMade();
    throw error;
  }
}

/** Takes one. Shape: `beside` is one that this process has already, and may be the same; what was made of the path is put in front of `made`, the deepest first. */
async function take(
  { what, path }: Pick<OpenDirectory, 'what' | 'path'>,
  how: { readonly untilMs: number; readonly made: string[]; readonly beside: OpenDirectory | null },
): Promise<OpenDirectory> {
  const missing = missingOf(path);
  const directory = open(what, path);
  if (how.beside !== null && isSameFile(how.beside.file, fstatSync(directory.file))) return directory;
  let isUnseen = false;
  while (!(await lock(directory))) {
    const pid = holderOf(directory.file);
    // Who is not seen once may have ended just now.
    const isEnding = pid === null ? !isUnseen : !isListening(pid);
    if (!isEnding || performance.now() >= how.untilMs) throw new Error(refusal(directory, pid));
    isUnseen = pid === null;
    await sleep(LOOK_MS);
  }
  // One whose start was refused may have removed what it had made, with its lock.
  if (!isStillAt(path, directory.file)) {
    closeSync(directory.file);
    return take({ what, path }, how);
  }
  // What another has or waits for is not removed under it: only who has the lock does.
  how.made.unshift(...missing);
  return directory;
}

function open(what: string, path: string): OpenDirectory {
  fileStore({ directory: path });
  try {
    return { what, path, file: openSync(path, constants.O_RDONLY | constants.O_DIRECTORY) };
  } catch (error) {
    throw new Error(`the ${what} "${path}" cannot be opened: ${describeSystemError(error)}`, { cause: error });
  }
}

/** What is missing on the way to a directory and has to be made, the deepest first. */
function missingOf(path: string): string[] {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  return missing;
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Something is in it, or it is gone.
  }
}

function isStillAt(path: string, file: number): boolean {
  try {
    return isSameFile(file, statSync(path));
  } catch {
    return false; // It is gone.
  }
}

function isSameFile(file: number, other: { readonly dev: number; readonly ino: number }): boolean {
  const { dev, ino } = fstatSync(file);
  return dev === other.dev && ino === other.ino;
}

/** Locks a directory. Shape: returns false when it is locked already. */
async function lock({ what, path, file }: OpenDirectory): Promise<boolean> {
  const { end, why } = await runFlock(file);
  if (end === 0) return true;
  if (end === 1 && why === '') return false;
  throw new Error(`the ${what} "${path}" cannot be locked: ${why === '' ? `flock ended with ${end}` : why}`);
}

/** Has `flock` lock the file that it finds as its descriptor 3. Shape: `end` is its exit code or signal, null when it could not be started; `why` is what it said. */
function runFlock(file: number): Promise<{ readonly end: number | string | null; readonly why: string }> {
  return new Promise((resolve) => {
    const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'pipe', file] });
    let why = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      why += piece;
    });
    child.once('error', (error) => {
      const isMissing = errorCode(error) === 'ENOENT';
      resolve({
        end: null,
        why: isMissing ? 'there is no program "flock" on the PATH; install util-linux' : error.message,
      });
    });
    child.once('close', (code, signal) => resolve({ end: code ?? signal, why: why.trim() }));
  });
}

function refusal({ what, path }: OpenDirectory, pid: number | null): string {
  const other = pid === null ? 'another daemon' : `another daemon, process ${pid}`;
  return `the ${what} "${path}" is that of ${other}; stop it first, or give this one its own --state-dir, --run-dir and --socket`;
}

/** The process that has the lock of a directory; null when this one cannot see it: it is another user's, or a container's. */
function holderOf(file: number): number | null {
  const pids = namesIn('/proc').filter((name) => /^\d+$/.test(name));
  const holder = pids.find((pid) => namesIn(`/proc/${pid}/fd`).some((name) => isLockOf(`/proc/${pid}`, name, file)));
  return holder === undefined ? null : Number(holder);
}

function isLockOf(folder: string, name: string, file: number): boolean {
  try {
    // First what asks no file system: one that hangs may be behind any other.
    const isLock = /^lock:.* FLOCK /m.test(readFileSync(`${folder}/fdinfo/${name}`, 'latin1'));
    return isLock && isSameFile(file, statSync(`${folder}/fd/${name}`));
  } catch {
    return false; // It ended or was closed meanwhile.
  }
}

/** Whether a process listens on a Unix socket, as a daemon does until it is about to end. */
function isListening(pid: number): boolean {
  try {
    // Number, references, protocol, flags, type, state, inode, path.
    const rows = readFileSync(`/proc/${pid}/net/unix`, 'latin1')
      .split('\n')
      .map((row) => row.trim().split(/ +/));
    const inodes = rows.filter(([, , , flags]) => flags === LISTENING_FLAGS).map((row) => `socket:[${row[6]}]`);
    const links = namesIn(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`));
    return links.some((link) => inodes.includes(link));
  } catch {
    return false; // It ended meanwhile.
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // It was closed meanwhile.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // It ended meanwhile, or is another user's.
  }
}
