import { appendFileSync, renameSync, statSync } from 'node:fs';
import { limits } from '../model/limits.js';
import type { Log, LogFields, LogLevel } from '../ports/log.js';

/**
 * The guard's log: a file of the run directory, since nobody reads the output of a process that outlives its daemon.
 *
 * A line that cannot be written is dropped: a full tmpfs must not keep the guard from its work.
 */
export class GuardLog implements Log {
  constructor(private readonly path: string) {}

  event(level: LogLevel, sentence: string, fields: LogFields = {}): void {
    if (level === 'debug') return;
    const told = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
    try {
      if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) > limits.guardLogBytesMax) {
        renameSync(this.path, `${this.path}.1`);
      }
      appendFileSync(this.path, `${new Date().toISOString()} ${level.padEnd(5)} ${sentence}${told}\n`, { mode: 0o600 });
    } catch {
      // The run directory is gone or full: nobody would read it.
    }
  }
}
