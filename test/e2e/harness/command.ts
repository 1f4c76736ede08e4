/** Runs one program to its end, with a deadline. */
import { spawn } from 'node:child_process';

/** How a program ended. */
export interface CommandOutcome {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The deadline passed and it was killed. */
  readonly timedOut: boolean;
}

/** Limits and input of one run. */
export interface CommandOptions {
  readonly timeoutMs: number;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called at the deadline instead of killing the program: ends what stands behind it, and returns whether it could. */
  readonly onDeadline?: (pid: number) => boolean;
}

/** Kept output of one stream; more is dropped. */
const KEPT_CHARACTERS_MAX = 4_000_000;

/** How long output is awaited after the end of the program: a daemon that it left behind may hold its pipes for ever. */
const DRAIN_MS = 200;

/**
 * Runs `argv` without a shell; waits for the program, not for what it left running.
 *
 * Errors: throws when the program cannot be started at all; a failing program is an outcome.
 */
export function runCommand(argv: readonly string[], options: CommandOptions): Promise<CommandOutcome> {
  const [program, ...words] = argv;
  return new Promise((resolve, reject) => {
    if (program === undefined) {
      reject(new Error('a command needs a program'));
      return;
    }
    const child = spawn(program, words, { stdio: 'pipe', ...(options.env === undefined ? {} : { env: options.env }) });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const deadline = setTimeout(() => {
      timedOut = true;
      const isEnding = child.pid !== undefined && options.onDeadline?.(child.pid) === true;
      if (!isEnding) {
        child.kill('SIGKILL');
      }
      // A grandchild may hold the pipes open for ever; after the deadline nobody waits for it.
      child.stdout.destroy();
      child.stderr.destroy();
    }, options.timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(0, KEPT_CHARACTERS_MAX);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, KEPT_CHARACTERS_MAX);
    });
    child.stdin.on('error', () => {
      // A program that ends before it has read its input breaks the pipe; its exit code tells the story.
    });
    child.stdin.end(options.input ?? '');
    child.once('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    child.once('exit', () => {
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, DRAIN_MS).unref();
    });
    child.once('close', (code) => {
      clearTimeout(deadline);
      resolve({ code, stdout, stderr, timedOut });
    });
  });
}
