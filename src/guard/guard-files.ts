/**
 * Files of the run directory by which a daemon and its guard know of each other.
 *
 * None of them is made again where the directory is gone: whoever removes it means what is in it, too.
 */
import { isJsonObject, parseJson } from '../base/json-object.js';
import { join } from 'node:path';
import type { ProcessIdentity } from '../agents/process-table.js';
import { isAlive, readBootId, readProcess } from '../agents/process-table.js';
import { readText, replaceFile } from '../agents/run-file.js';

/** Names of the files. */
export const GUARD_FILES = {
  /** What the daemon has its guard know; kept by the daemon's store. */
  orders: 'guard.json',
  /** Which process is the guard. One that is not named here any more ends itself, so that a newer one takes its place by a change of this file. */
  guard: 'guard.pid',
  /** How the guard stands, for the daemon. */
  state: 'guard-state.json',
  /** What the guard did, until a daemon has told it. */
  acts: 'guard-acted.json',
  log: 'guard.log',
  /** Which process is the daemon. */
  daemon: 'daemon.pid',
} as const;

/** This boot: identities of another one name nobody. */
const BOOT_ID = readBootId();

/** A process that wrote its name down. */
export interface NamedProcess extends ProcessIdentity {
  readonly software: string;
}

/** Who is named in a file and still lives; null for nobody. */
export function readNamed(runDir: string, file: string): NamedProcess | null {
  const named = decodeNamed(readText(join(runDir, file)));
  return named !== null && isAlive(named) ? named : null;
}

/** Names this process. Shape: returns the text of the file. Errors: throws when that could not be kept. */
export function nameSelf(runDir: string, options: { readonly file: string; readonly software: string }): string {
  const { pid } = process;
  const startTicks = readProcess(pid)?.startTicks ?? 0;
  const { file, ...told } = options;
  const text = `${JSON.stringify({ pid, startTicks, bootId: BOOT_ID, ...told })}\n`;
  replaceFile(join(runDir, file), text);
  return text;
}

function decodeNamed(text: string | null): NamedProcess | null {
  const value = decodeObject(text);
  if (value === null || value.bootId !== BOOT_ID || typeof value.software !== 'string') return null;
  const { pid, startTicks, software } = value;
  if (typeof pid !== 'number' || typeof startTicks !== 'number' || pid < 1) return null;
  return { pid, startTicks, software };
}

/** The object in a JSON text; null when it holds none. */
export function decodeObject(text: string | null): Readonly<Record<string, unknown>> | null {
  const value = parseJson(text);
  return isJsonObject(value) ? value : null;
}
