/** Where a command writes: the answer to stdout, talk to stderr. */
import type { Writable } from 'node:stream';
import { describeSystemError } from '../host/system-error.js';
import { EXIT } from './exit-codes.js';
import { isColoured } from './paint.js';

/** The two streams of a process, and who reads them. */
export interface Terminal {
  /** Writes the answer. What nobody reads any more is dropped. */
  out(text: string): void;
  /** Writes talk: progress, notes, complaints. */
  err(text: string): void;
  /** Whether the answer goes to a person's screen. */
  readonly isScreen: boolean;
  /** Columns and rows of the screen; 100 × 40 where there is none. */
  size(): { readonly width: number; readonly height: number };
  /** Whether the stream gets colours. Shape: `wish` is the word after `--color`. */
  colours(stream: 'out' | 'err', wish: string | null): boolean;
  /** Aborted when nobody reads the answer any more. */
  readonly gone: AbortSignal;
  /** Resolves once what was written has left. */
  flush(): Promise<void>;
}

/** Size of what is no screen: the width that every table fits. */
const PLAIN_SIZE = { width: 100, height: 40 };

/**
 * The terminal of this process. A reader who goes away (`| head`) ends nothing with a crash; an answer that cannot be written otherwise (a full disk) ends the process with exit code 1.
 *
 * What cannot be written to stderr is lost and ends nothing: a daemon whose log fills the disk serves on.
 */
export function processTerminal(): Terminal {
  const gone = new AbortController();
  const { stdout, stderr, env } = process;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      stderr.write(`fairlead: the answer cannot be written: ${describeSystemError(error)}\n`);
      process.exit(EXIT.failed);
    }
    gone.abort();
  });
  stderr.on('error', () => undefined);
  const write = (stream: Writable, text: string): void => {
    if (stream.writable) stream.write(text);
  };
  return {
    out: (text) => {
      if (!gone.signal.aborted) write(stdout, text);
    },
    err: (text) => write(stderr, text),
    isScreen: stdout.isTTY === true,
    size: () =>
      stdout.isTTY === true
        ? { width: stdout.columns || PLAIN_SIZE.width, height: stdout.rows || PLAIN_SIZE.height }
        : PLAIN_SIZE,
    colours: (stream, wish) =>
      isColoured({
        wish: wish ?? 'auto',
        environment: env,
        isTerminal: (stream === 'out' ? stdout : stderr).isTTY === true,
      }),
    gone: gone.signal,
    flush: () =>
      new Promise((resolve) => {
        if (gone.signal.aborted || !stdout.writable) resolve();
        else stdout.write('', () => resolve());
      }),
  };
}
