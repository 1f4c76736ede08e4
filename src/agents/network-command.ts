/** Runs the system's network programs: `ip`, `arping` and their like. */
import type { Log } from '../ports/log.js';
import type { CallNote } from './call-records.js';
import { baseEnvironment } from './environment.js';
import type { ProcessEnd } from './process-run.js';
import { runProcess } from './process-run.js';

/** How network programs are run within one call. */
export interface NetworkCommand {
  readonly path: string | undefined;
  readonly leftMs: () => number;
  readonly signal: AbortSignal;
  /** Asked right before each program is run. */
  readonly isPermitted?: (() => boolean) | undefined;
  /** Keeps a program that changes something in mind while it is under way; without it, nobody looks for one that would not go. */
  readonly note?: CallNote | null;
  readonly log: Log;
}

/**
 * Runs a network program.
 *
 * Shape: `withinMs` ends it earlier than the call's deadline, and at once: these programs have nothing to tidy up.
 */
export function runNetworkProgram(
  command: NetworkCommand,
  argv: readonly string[],
  withinMs = Number.POSITIVE_INFINITY,
): Promise<ProcessEnd> {
  return runProcess({
    argv,
    environment: baseEnvironment(command.path),
    timeoutMs: Math.min(command.leftMs(), withinMs),
    graceMs: 0,
    isAlone: true,
    signal: command.signal,
    isPermitted: command.isPermitted,
    note: command.note ?? null,
  });
}
