/**
 * What is written down of each program that changes something, while it is under way, so that a daemon that begins can end what a killed one left.
 *
 * A start that a killed daemon began goes on without it. Were it left alone it could come to its end after the next daemon had seen "stopped", and the service would run
 * without a lease. So nothing is looked at before such calls are over, and what cannot be ended stays written down, for this daemon and the next: until it is proved to be gone its resource does not count as stopped.
 */
import { messageOf } from '../base/error-message.js';
import { isJsonObject, parseJson } from '../base/json-object.js';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EventSource } from '../model/event-source.js';
import type { Operation, OperationAction } from '../model/operation.js';
import type { Log } from '../ports/log.js';
import type { CallEnd, CallProcesses } from './call-end.js';
import { CALL_MARK, endCall } from './call-end.js';
import { delay } from './delay.js';
import { readIfThere, unlessAbsent } from './is-there.js';
import { endProcessGroup, KILLED_WAIT_MS } from './process-group.js';
import type { ProcessIdentity } from './process-table.js';
import { isAlive, isIdentity, readBootId, readChild } from './process-table.js';
import { replaceFile } from './run-file.js';

/** Notes a program for as long as it is under way. */
export interface CallNote {
  /** What the program must have in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** To be called right before it is started. Errors: throws when a start or reload cannot be written down, which is not tried then; a stop is tried in any case. */
  readonly begins: () => void;
  /** To be called right after it was started. */
  readonly started: (pid: number) => void;
  /** To be called when it is waited for no longer. Shape: `left` are the pids that would not go; such a call stays written down. */
  readonly ended: (left: readonly number[]) => void;
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

/** Grace between TERM and KILL for what an earlier daemon left. Ours: a well-behaved shell script needs a few milliseconds, and a new daemon looks at nothing before. */
const GRACE_MS = 300;
/** How long it is waited for what would not go before, whenever something is to be done with its resource. Ours: what can be killed by now is gone within milliseconds. */
const AGAIN_WAIT_MS = 50;

/** How long a guard that has written a stop down is waited for until its program is started or not, and how often that is looked at. Ours: it takes a few milliseconds. */
const BEGINNING_MS = 50;
const BEGINNING_LOOK_MS = 5;

/** A call as far as it is told apart from others. Shape: of a fence device's call, `resource` names the device in words that are no resource's id; so it does the source of a watch. */
export interface LeftCall {
  readonly action: OperationAction | 'fence' | 'watch';
  readonly resource: string;
}

/** Shape: `caller` is the daemon or guard whose call it is; null where that is not known. */
interface CallRecord extends LeftCall, CallProcesses {
  readonly bootId: string;
  readonly caller: ProcessIdentity | null;
}

/** The records of one run folder. */
export class CallRecords {
  readonly #folder: string;
  readonly #bootId = readBootId();
  readonly #self = identityOf(process.pid);
  /** Programs of this process that are under way, by their leader's pid. */
  readonly #open = new Map<number, LeftCall>();
  /** The marks of this process's own calls that are under way. */
  readonly #own = new Set<string>();
  /** What is waited for no longer and not proved to be gone, by the path of its record; null where that cannot be read. */
  readonly #left = new Map<string, CallRecord | null>();

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
    const names = { action, resource, mark, bootId: this.#bootId, caller: this.#self };
    let record: CallRecord = { ...names, leader: null, members: [] };
    const write = (leader: ProcessIdentity | null): void => {
      record = { ...record, leader };
      writeRecord(path, record);
    };
    return {
      environment: { [CALL_MARK]: mark },
      begins: () => {
        this.#own.add(mark);
        if (changes({ action, resource })) write(null);
        else attempt(() => write(null));
      },
      // Without a leader in the record the mark finds it.
      started: (pid) => {
        open = pid;
        this.#open.set(pid, { action, resource });
        const leader = identityOf(pid);
        if (leader !== null) attempt(() => write(leader));
      },
      ended: (left) => {
        this.#own.delete(mark);
        if (open !== null) this.#open.delete(open);
        // Under a name of its own, since the next program of the call takes this one.
        const kept = left.length === 0 ? null : join(this.#folder, `${mark}-${open}.json`);
        if (kept !== null) this.#keep(kept, record, left);
        if (kept === null || existsSync(kept)) attempt(() => rmSync(path, { force: true }));
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
   * Ends what a daemon left under way, all at once. Nothing may be looked at before.
   *
   * What would not go stays written down, and {@link whyNotOver} speaks of it.
   *
   * Shape: `isMeant` leaves the others alone, and what cannot be read, which may be just being written; without it nobody is at work but the guard and this process, and all are ended that are not their own.
   */
  async endLeft(
    log: Log,
    isMeant: ((call: LeftCall) => boolean) | null = null,
    how: { readonly graceMs: number; readonly waitMs: number } = { graceMs: GRACE_MS, waitMs: KILLED_WAIT_MS },
  ): Promise<void> {
    const endOne = async (path: string): Promise<void> => {
      let record: CallRecord | null = null;
      try {
        record = decodeRecord(readIfThere(path));
        if (isMeant !== null && (record === null || !isMeant(record))) return;
        if (record === null || record.bootId !== this.#bootId) {
          rmSync(path, { force: true });
          return;
        }
        if (isMeant === null && (isOfGuard(record) || this.#own.has(record.mark))) return;
        record = await this.#whenBegun(path, record);
        if (record === null) return;
        const end = await endCall(record, how);
        if (!this.#left.has(path)) tell(log, record, end);
        this.#settle(path, record, end);
      } catch (error) {
        this.#left.set(path, record);
        log.event('error', `what an earlier daemon left under way (${path}) cannot be ended: ${messageOf(error)}`);
      }
    };
    await Promise.all(namesIn(this.#folder).map((name) => endOne(join(this.#folder, name))));
  }

  /** A record as it is once its program was started, where another process that lives is just at that; null when it is gone by then. */
  async #whenBegun(path: string, first: CallRecord): Promise<CallRecord | null> {
    let record: CallRecord | null = first;
    const untilMs = performance.now() + BEGINNING_MS;
    while (record !== null && isBeginning(record) && !this.#own.has(record.mark) && performance.now() < untilMs) {
      await delay(BEGINNING_LOOK_MS);
      record = decodeRecord(readIfThere(path));
    }
    return record;
  }

  /**
   * Tries again to end what would not go and stands in the way of an operation.
   *
   * Shape: why its resource does not count as stopped, or is not to be started; null when nothing is left. A stop or a look only minds what may make it run.
   */
  async whyNotOver(call: LeftCall): Promise<string | null> {
    for (const [path, known] of this.#left) {
      try {
        const record = known ?? decodeRecord(readIfThere(path));
        if (record === null || record.bootId !== this.#bootId) {
          this.#forget(path);
          continue;
        }
        this.#left.set(path, record);
        if (record.resource !== call.resource || !(changes(record) || changes(call))) continue;
        const end = await endCall(record, { graceMs: 0, waitMs: AGAIN_WAIT_MS });
        this.#settle(path, record, end);
        if (end.left.length > 0) return whyLeft(record, end);
      } catch (error) {
        return `what may be left of an earlier call of it (${path}) cannot be looked at: ${messageOf(error)}`;
      }
    }
    return null;
  }

  #settle(path: string, record: CallRecord, { left, isProved }: CallEnd): void {
    if (left.length === 0) this.#forget(path);
    else this.#keep(path, record, isProved ? left : []);
  }

  #keep(path: string, record: CallRecord, left: readonly number[]): void {
    const members = left.flatMap((pid) => identityOf(pid) ?? []);
    const kept = { ...record, members: members.length === 0 ? record.members : members };
    this.#left.set(path, kept);
    attempt(() => writeRecord(path, kept));
  }

  #forget(path: string): void {
    this.#left.delete(path);
    attempt(() => rmSync(path, { force: true }));
  }
}

function tell(log: Log, record: CallRecord, end: CallEnd): void {
  const what = `${record.action} of ${record.resource}, which an earlier daemon or the guard began,`;
  if (end.left.length > 0) {
    log.event('error', `${what} is still under way and could not be ended: ${whyLeft(record, end)}`);
  } else if (end.ended > 0) {
    // A watch changes nothing, so nobody need know.
    log.event(record.action === 'watch' ? 'debug' : 'warn', `${what} was still under way and has been ended`);
  }
}

function whyLeft({ action }: LeftCall, { left, isProved }: CallEnd): string {
  const pids = left.join(', ');
  return isProved
    ? `process ${pids} of its ${action} cannot be killed`
    : `process ${pids} may be what is left of its ${action} and cannot be told apart from another; look and end it by hand`;
}

function writeRecord(path: string, record: CallRecord): void {
  replaceFile(path, `${JSON.stringify(record)}\n`);
}

/** Null where it is gone by now, or cannot be looked at. */
function identityOf(pid: number): ProcessIdentity | null {
  let startTicks: number | undefined;
  attempt(() => {
    startTicks = readChild(pid)?.startTicks;
  });
  return startTicks === undefined ? null : { pid, startTicks };
}

/** Whether a call may make its resource run. */
export function changes({ action }: LeftCall): boolean {
  return action === 'start' || action === 'reload';
}

/** Whether it is a stop of a guard that lives: it may have little left to do, and what is begun anew now would be late. */
function isOfGuard({ action, caller }: CallRecord): boolean {
  return action === 'stop' && caller !== null && isAlive(caller);
}

/** Whether a process that lives has written it down and may be about to start its program. */
function isBeginning({ leader, caller }: CallRecord): boolean {
  return leader === null && caller !== null && isAlive(caller);
}

/** None where the folder is gone. Errors: throws when it cannot be looked at. */
function namesIn(folder: string): string[] {
  return unlessAbsent(() => readdirSync(folder))?.sort() ?? [];
}

function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // A full or vanished run folder: the call itself is worth more than its record.
  }
}

function decodeRecord(text: string | null): CallRecord | null {
  // One that was being written when the daemon was killed is about a program that was not started yet.
  const value = parseJson(text);
  if (!isJsonObject(value)) return null;
  const { resource, mark, bootId, leader, members, caller } = value;
  const action = ACTIONS.find((each) => each === value.action);
  if (action === undefined || typeof resource !== 'string') return null;
  if (typeof mark !== 'string' || typeof bootId !== 'string') return null;
  if (leader !== null && !isIdentity(leader)) return null;
  return {
    action,
    resource,
    mark,
    bootId,
    leader,
    members: Array.isArray(members) ? members.filter(isIdentity) : [],
    caller: isIdentity(caller) ? caller : null,
  };
}
