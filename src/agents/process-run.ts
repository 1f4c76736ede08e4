/**
 * Runs one program to its end, its deadline or its cancellation. Every program that this room starts and waits for is started here.
 *
 * No shell, nothing to read but what it is given, `/` as its folder, an environment that is written down, a session and process group of its own.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../base/error-message.js';
import { limits } from '../model/limits.js';
import { delay } from './delay.js';
import { KeptOutput } from './kept-output.js';
import type { CallNote } from './call-records.js';
import { endProcessGroup, KILLED_WAIT_MS } from './process-group.js';
import { sendSignal } from './process-table.js';

/**
 * What to run.
 *
 * Shape: `timeoutMs` is all the time there is: the program's own time ends `graceMs` earlier with TERM, and what is left of its group is killed at `timeoutMs`.
 */
export interface ProcessRequest {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** The default is {@link graceMsOf} of the timeout. */
  readonly graceMs?: number;
  /** Aborted to end it early; the reason {@link CLOSING} kills without grace. */
  readonly signal?: AbortSignal;
  /** Asked right before the program is run; when it says no, the program is not run and counts as cancelled. */
  readonly isPermitted?: (() => boolean) | undefined;
  readonly outputBytesMax?: number;
  readonly directory?: string;
  /** What it reads; without it, nothing. */
  readonly input?: string;
  /** Keeps it in mind while it is under way, for a daemon that begins after this one was killed. */
  readonly note?: CallNote | null;
  /** A program that starts no others: nobody else needs to be looked for when it is ended. */
  readonly isAlone?: boolean;
}

/** How it ended. Shape: the streams' texts hold at most the kept bytes: the beginning of stdout, the end of stderr. */
export type ProcessEnd = { readonly stdout: string; readonly stderr: string } & (
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  /** `left`: pids that would not go even when killed. */
  | { readonly kind: 'timeout' | 'cancelled'; readonly left: readonly number[] }
  /** `code` is the system's word: ENOENT for a program that is not there. */
  | { readonly kind: 'not-started'; readonly code: string; readonly message: string }
);

/** Abort with this reason when the daemon ends: there is no time for grace. */
export const CLOSING = 'closing';

/** The longest grace between TERM and KILL. Ours: a well-behaved shell script needs a few milliseconds. */
const GRACE_MAX_MS = 2000;

/** The share of a timeout that is kept back for ending what has overrun it: a tenth, at most 2 s. */
export function graceMsOf(timeoutMs: number): number {
  return Math.min(timeoutMs / 10, GRACE_MAX_MS);
}

/** Runs a program. Never rejects. */
export async function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  const nothing = { stdout: '', stderr: '' };
  if (request.signal?.aborted === true) {
    return { kind: 'cancelled', left: [], ...nothing };
  }
  if (request.timeoutMs <= 0) {
    return { kind: 'timeout', left: [], ...nothing };
  }
  request.note?.begins();
  let left: readonly number[] = [];
  try {
    // Last of all: to write it down may have taken long.
    if (request.isPermitted?.() === false) {
      return { kind: 'cancelled', left: [], ...nothing };
    }
    const started = startProcess(request);
    if (started.kind === 'not-started') {
      return { ...started, ...nothing };
    }
    const { child } = started;
    if (child.pid !== undefined) {
      request.note?.started(child.pid);
    }
    const end = await runToEnd(child, request);
    if ('left' in end) left = end.left;
    return end;
  } finally {
    request.note?.ended(left);
  }
}

async function runToEnd(child: ChildProcess, request: ProcessRequest): Promise<ProcessEnd> {
  const outputBytesMax = request.outputBytesMax ?? limits.agentOutputBytesMax;
  const stdout = collect(child.stdout, new KeptOutput('head', outputBytesMax));
  const stderr = collect(child.stderr, new KeptOutput('tail', outputBytesMax));
  const end = await waitForEnd(child, request);
  return { ...end, stdout: stdout.text(), stderr: stderr.text() };
}

type Start =
  | { readonly kind: 'started'; readonly child: ChildProcess }
  | { readonly kind: 'not-started'; readonly code: string; readonly message: string };

function startProcess(request: ProcessRequest): Start {
  const [program = '', ...words] = request.argv;
  try {
    const child = spawn(program, words, {
      cwd: request.directory ?? '/',
      env: { ...request.environment, ...request.note?.environment },
      detached: true,
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    // A program that ends without having read all breaks the pipe; its exit code tells the story.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(request.input);
    return { kind: 'started', child };
  } catch (error) {
    return { kind: 'not-started', ...wordsOf(error) };
  }
}

/** The system's word and sentence for an error of starting a program. */
export function wordsOf(error: unknown): { readonly code: string; readonly message: string } {
  const message = messageOf(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
  return { code, message };
}

function collect(stream: Readable | null, output: KeptOutput): KeptOutput {
  stream?.on('data', (chunk: Buffer) => output.add(chunk));
  // A pipe that breaks ends the output; the exit code tells the story.
  stream?.on('error', () => undefined);
  return output;
}

type EndWithoutOutput =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timeout' | 'cancelled'; readonly left: readonly number[] }
  | { readonly kind: 'not-started'; readonly code: string; readonly message: string };

function waitForEnd(child: ChildProcess, request: ProcessRequest): Promise<EndWithoutOutput> {
  const graceMs = request.graceMs ?? graceMsOf(request.timeoutMs);
  return new Promise((resolve) => {
    let isEnding = false;
    const endEarly = (kind: 'timeout' | 'cancelled', grace: number): void => {
      if (isEnding || child.pid === undefined) {
        return;
      }
      isEnding = true;
      settle();
      void (request.isAlone === true ? killAlone(child, child.pid) : endProcessGroup(child.pid, grace)).then((left) => {
        release(child, true);
        resolve({ kind, left });
      });
    };
    const timer = setTimeout(() => endEarly('timeout', graceMs), Math.max(0, request.timeoutMs - graceMs));
    const onAbort = (): void => endEarly('cancelled', request.signal?.reason === CLOSING ? 0 : graceMs);
    request.signal?.addEventListener('abort', onAbort);
    const settle = (): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (error) => {
      settle();
      resolve({ kind: 'not-started', ...wordsOf(error) });
    });
    child.once('exit', (code, signal) => {
      if (isEnding) {
        return;
      }
      settle();
      void readRest().then(() => {
        release(child, false);
        resolve(code === null ? { kind: 'signalled', signal: signal ?? 'UNKNOWN' } : { kind: 'exited', code });
      });
    });
  });
}

/** Kills a program that started no others; returns its pid if it will not go. */
async function killAlone(child: ChildProcess, pid: number): Promise<number[]> {
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  // Where it may not be killed, "child.kill" would tell that as an error of its start.
  sendSignal(pid, 'SIGKILL');
  await delay(KILLED_WAIT_MS, ended.signal);
  return ended.signal.aborted ? [] : [pid];
}

/**
 * Reads what the program wrote before it ended.
 *
 * The pipes may be held open for ever by a service that the program left running, so their end is not waited for: what was written is in the kernel's
 * buffer by now, and the event loop reads all of it in its next turn.
 */
async function readRest(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** Lets go of the pipes. A service that still writes to them is read and ignored, for a closed pipe would kill it; the daemon may end all the same. */
function release(child: ChildProcess, isGone: boolean): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (isGone) {
      stream?.destroy();
    } else if (stream instanceof Socket) {
      stream.removeAllListeners('data');
      stream.resume();
      stream.unref();
    }
  }
  child.unref();
}
