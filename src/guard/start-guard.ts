/** Starts a guard that outlives who starts it, and ends one that runs. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { baseEnvironment } from '../agents/environment.js';
import { isAlive, sendSignal } from '../agents/process-table.js';
import { GUARD_FILES, readNamed } from './guard-files.js';

/** What a guard is told at its start. */
export interface GuardSettings {
  readonly runDir: string;
  readonly node: string;
  /** What marks the kept processes of this node; see `kept-owner.ts`. */
  readonly owner: string;
  readonly software: string;
}

/** The program. */
const PROGRAM = fileURLToPath(new URL('../guard/main.js', import.meta.url));

/**
 * Options of Node that keep it small. Ours: without a compiler, with a small young heap and with code kept short it has 44 MiB after a minute, without these options 49.
 *
 * `NODE_OPTIONS` is not handed on: what a daemon is debugged with is not for its guard.
 */
export const GUARD_NODE_OPTIONS: readonly string[] = ['--jitless', '--max-semi-space-size=1', '--optimize-for-size'];

/** One thread for files and one heap of the C library are enough for it. Source: the manuals of libuv's thread pool and of mallopt(3). */
const SMALL_ENVIRONMENT = { UV_THREADPOOL_SIZE: '1', MALLOC_ARENA_MAX: '1' };

/** How long a guard may take to end. */
const END_MS_MAX = 2000;

/**
 * Starts a guard in a session of its own.
 *
 * Shape: it is up when it names itself in the run directory.
 * Errors: throws when no process can be started; the child's `error` event says what happens later.
 */
export function startGuard(settings: GuardSettings, program = PROGRAM): ChildProcess {
  const child = spawn(process.execPath, [...GUARD_NODE_OPTIONS, program, JSON.stringify(settings)], {
    cwd: '/',
    env: { ...baseEnvironment(), ...SMALL_ENVIRONMENT },
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  return child;
}

/** Ends the guard of a run directory, and nothing that it guards; resolves when it is gone, at once when there is none. */
export async function endGuard(runDir: string): Promise<void> {
  const guard = readNamed(runDir, GUARD_FILES.guard);
  if (guard === null) return;
  sendSignal(guard.pid, 'SIGTERM');
  const untilMs = performance.now() + END_MS_MAX;
  while (isAlive(guard)) {
    if (performance.now() > untilMs) sendSignal(guard.pid, 'SIGKILL');
    await sleep(10);
  }
}
