/**
 * What is written down of each program that changes something, while it is under way, so that a daemon that begins can end what a killed one left.
 *
 * A start that a killed daemon began goes on without it. Were it left alone it could come to its end after the next daemon had seen "stopped", and the service would run
 * without a lease. So nothing is looked at before such calls are over.
 */
import { isJsonObject, parseJson } from '../base/json-object.js';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EventSource } from '../model/event-source.js';
import type { Operation, OperationAction } from '../model/operation.js';
import type { Log } from '../ports/log.js';
import { delay } from './delay.js';
import { readIfThere } from './is-there.js';
import { endProcessGroup } from './process-group.js';
import type { ProcessIdentity } from './process-table.js';
import {
  isAlive,
  isIdentity,
  listMarkedProcesses,
  listProcesses,
  readBootId,
  readChild,
  sendSignal,
} from './process-table.js';
import { replaceFile } from './run-file.js';

/** Notes a program for as long as it is under way. */
export interface CallNote {
  /** What the program must have in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** To be called right before it is started. Errors: throws when a start or reload cannot be written down, which is not tried then; a stop is tried in any case. */
  readonly begins: () => void;
  /** To be called right after it was started. */
  readonly started: (pid: number) => void;
  /** To be called when nothing of it is under way any more. */
  readonly ended: () => void;
}

const ACTIONS: readonly LeftCall['action'][] = [
  'probe',
  'monitor',
  'start',
  'reload',
  'stop',
  'kill',
  'fence',
  'watch',
];

/** The variable that marks the processes of a call. */
const CALL_MARK = 'FAIRLEAD_CALL';
/** Grace between TERM and KILL for what an earlier daemon left. Ours: a well-behaved shell script needs a few milliseconds, and a new daemon looks at nothing before. */
const GRACE_MS = 300;
/** How often it is looked for processes that a killed one had just started. */
const LOOKS_MAX = 20;

/** A call as far as it is told apart from others. Shape: of a fence device's call, `resource` names the device in words that are no resource's id; so it does the source of a watch. */
export interface LeftCall {
  readonly action: OperationAction | 'fence' | 'watch';
  readonly resource: string;
}

/** Shape: `leader` is null between the intention to start and the start; its pid is also that of its process group and session. */
interface CallRecord extends LeftCall {
  readonly mark: string;
  readonly bootId: string;
  readonly leader: ProcessIdentity | null;
}

/** The records of one run folder. */
export class CallRecords {
  readonly #folder: string;
  readonly #bootId = readBootId();
  /** Programs of this process that are under way, by their leader's pid. */
  readonly #open = new Map<number, LeftCall>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** A note for the next program of an operation; null for one that only looks, which may end when it likes. */
  noteFor(operation: Operation): CallNote | null {
    const { action, resource } = operation;
    return action === 'probe' || action === 'monitor' ? null : this.#note({ action, resource: resource.id });
  }

  /** A note for the next program of a call of a fence device that changes something. */
  noteForFence(device: string): CallNote {
    return this.#note({ action: 'fence', resource: `fence device "${device}"` });
  }

  /** A note for a program that tells of changes until it is ended. */
  noteForWatch(source: EventSource): CallNote {
    return this.#note({ action: 'watch', resource: `events of "${source}"` });
  }

  #note({ action, resource }: LeftCall): CallNote {
    // No two calls of a boot share it. Random digits would cost the guard the 2 MiB that loading them takes.
    const mark = `${process.pid}-${process.hrtime.bigint()}`;
    const path = join(this.#folder, `${mark}.json`);
    let open: number | null = null;
    const write = (leader: ProcessIdentity | null): void => {
      const record: CallRecord = { action, resource, mark, bootId: this.#bootId, leader };
      replaceFile(path, `${JSON.stringify(record)}\n`);
    };
    return {
      environment: { [CALL_MARK]: mark },
      begins: () => (changes({ action, resource }) ? write(null) : attempt(() => write(null))),
      // Without a leader in the record the mark finds it.
      started: (pid) => {
        open = pid;
        this.#open.set(pid, { action, resource });
        attempt(() => {
          const row = readChild(pid);
          if (row !== null) write({ pid, startTicks: row.startTicks });
        });
      },
      ended: () => {
        if (open !== null) this.#open.delete(open);
        attempt(() => rmSync(path, { force: true }));
      },
    };
  }

  /** Kills, without grace, what programs of starts and reloads of a resource this process has under way. Whoever waits for them learns of it. */
  kill(of: string): void {
    for (const [leader, call] of this.#open) {
      if (call.resource === of && changes(call)) void endProcessGroup(leader, 0);
    }
  }

  /**
   * Ends what a daemon left under way. Nothing may be looked at before.
   *
   * Shape: `isMeant` leaves the others alone, and what cannot be read, which may be just being written; without it nobody is at work, and all are ended.
   */
  async endLeft(log: Log, isMeant: ((call: LeftCall) => boolean) | null = null): Promise<void> {
    for (const name of namesIn(this.#folder)) {
      const path = join(this.#folder, name);
      try {
        const record = decodeRecord(readIfThere(path));
        if (isMeant !== null && (record === null || !isMeant(record))) continue;
        if (record !== null && record.bootId === this.#bootId && (await endCall(record)) > 0) {
          const what = `${record.action} of ${record.resource}`;
          // A watch changes nothing, so nobody need know.
          log.event(
            record.action === 'watch' ? 'debug' : 'warn',
            `${what}, which an earlier daemon or the guard began, was still under way and has been ended`,
          );
        }
        rmSync(path, { force: true });
      } catch (error) {
        log.event('error', `what an earlier daemon left under way (${path}) cannot be ended: ${String(error)}`);
      }
    }
  }
}

/** Whether a call may make its resource run. */
export function changes({ action }: LeftCall): boolean {
  return action === 'start' || action === 'reload';
}

/** None where the folder is gone. */
function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // A full or vanished run folder: the call itself is worth more than its record.
  }
}

/** Returns how many processes had to be ended. A leader that is gone has finished its call: what it started is a service, to be found by a probe. */
async function endCall({ leader, mark }: CallRecord): Promise<number> {
  if (leader === null) return endMarked(`${CALL_MARK}=${mark}`);
  if (!isAlive(leader)) return 0;
  await endProcessGroup(leader.pid, GRACE_MS);
  return 1;
}

/** The daemon was killed in the moment between the start of the program and its record. */
async function endMarked(variable: string): Promise<number> {
  let ended = 0;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const marked = await listMarkedProcesses(await listProcesses(), variable);
    if (marked.size === 0) return ended;
    ended = Math.max(ended, marked.size);
    for (const pid of marked) sendSignal(pid, 'SIGKILL');
    await delay(5);
  }
  return ended;
}

function decodeRecord(text: string | null): CallRecord | null {
  // One that was being written when the daemon was killed is about a program that was not started yet.
  const value = parseJson(text);
  if (!isJsonObject(value)) return null;
  const { resource, mark, bootId, leader } = value;
  const action = ACTIONS.find((each) => each === value.action);
  if (action === undefined || typeof resource !== 'string') return null;
  if (typeof mark !== 'string' || typeof bootId !== 'string') return null;
  return leader === null || isIdentity(leader) ? { action, resource, mark, bootId, leader } : null;
}
