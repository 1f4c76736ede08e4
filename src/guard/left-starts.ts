/** Starts and reloads that the daemon left under way: each would bring up again, or come to its end after, what is taken away. */
import { join } from 'node:path';
import type { CallNote, LeftCall } from '../agents/call-records.js';
import { CallRecords, changes } from '../agents/call-records.js';
import { isThere } from '../agents/is-there.js';
import type { Operation } from '../model/operation.js';
import type { Log } from '../ports/log.js';

/** Those of one node. */
export class LeftStarts {
  readonly #folder: string;
  readonly #log: Log;
  #records: CallRecords | null = null;

  constructor(options: { readonly runDir: string; readonly log: Log }) {
    this.#folder = join(options.runDir, 'calls');
    this.#log = options.log;
  }

  /** A note of a stop; null where it cannot be written down, which is no reason not to stop. */
  noteFor(operation: Operation): CallNote | null {
    try {
      return this.#open()?.noteFor(operation) ?? null;
    } catch {
      return null;
    }
  }

  /** Ends what may make a resource run, before a call takes it away. Shape: `how` as for {@link CallRecords.endLeft}; why it could not, null when nothing of it is left. Errors: rejects when that cannot be looked at. */
  async end(call: LeftCall, how?: { readonly graceMs: number; readonly waitMs: number }): Promise<string | null> {
    const records = this.#open();
    await records?.endLeft(this.#log, (left) => changes(left) && left.resource === call.resource, how);
    return (await records?.whyNotOver(call)) ?? null;
  }

  /** The folder is the daemon's to make, and is not made again where it is gone. */
  #open(): CallRecords | null {
    if (this.#records === null && isThere(this.#folder)) this.#records = new CallRecords(this.#folder);
    return this.#records;
  }
}
