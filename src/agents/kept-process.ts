/**
 * Foreground processes that are started, kept and watched: the heart of `script` resources.
 *
 * A kept process owes nothing to the daemon: its own session, its output in a file, a record of who it is. So it outlives the daemon and is found by the next one.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { messageOf } from '../base/error-message.js';
import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';
import { endKept } from './kept-end.js';
import { KeptLogs } from './kept-log.js';
import { keptOwner } from './kept-owner.js';
import type { KeptIntention, KeptRecord } from './kept-record.js';
import { KeptRecords } from './kept-record.js';
import { familyOf, findKeptProcesses, KEPT_MARK, keptMark } from './kept-search.js';
import { lastWords } from './outcome.js';
import { wordsOf } from './process-run.js';
import { KILLED_WAIT_MS } from './process-group.js';
import type { ProcessIdentity, ProcessRow } from './process-table.js';
import { isAlive, listProcesses, nowTicks, readBootId, readChild, readProcess, sendSignal } from './process-table.js';
import { ProcessWatch } from './process-watch.js';

/** What to keep running. */
export interface KeptCommand {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
}

/**
 * How a kept process stands.
 *
 * remnants: its main process is gone, others of it live. doubtful: processes that may be its own and cannot be told, or none when it is not known whether it was started. `ended` says how the main process ended, where that is known.
 */
export type KeptLook =
  | { readonly kind: 'running'; readonly command: string }
  | { readonly kind: 'remnants'; readonly pids: readonly number[]; readonly ended: string | null }
  | { readonly kind: 'doubtful'; readonly pids: readonly number[] }
  | { readonly kind: 'absent'; readonly ended: string | null };

/** What came of ending one. */
export type KeptEnd =
  | { readonly kind: 'gone' | 'cancelled' }
  | { readonly kind: 'left' | 'doubtful'; readonly pids: readonly number[] };

/** How often the family of running processes is written down, at most. */
const FAMILY_LOOK_MS = 5000;
/** How often logs are held to their size. Ours: what is written meanwhile stands on the tmpfs on which the node keeps its votes, and a look takes some microseconds for each log. */
const LOG_LOOK_MS = 2000;

/** The kept processes of one run folder. */
export class KeptProcesses {
  readonly #owner: string;
  readonly #records: KeptRecords;
  readonly #logs: KeptLogs;
  readonly #bootId = readBootId();
  readonly #onEnded: (resource: string) => void;
  readonly #children = new Map<string, ChildProcess>();
  /** Processes of an earlier life; a child of ours tells by itself. */
  readonly #adopted: ProcessWatch;
  readonly #ended = new Map<string, string>();
  /** What is still being written down of main processes that just ended. */
  readonly #settling = new Map<string, Promise<void>>();
  readonly #log: Log;
  readonly #logTimer: NodeJS.Timeout;
  #familyLookAtMs = Number.NEGATIVE_INFINITY;

  /** `onEnded` is told when a main process ended that nobody asked to end. Logs of resources that are not known any more are removed; without `isKnown`, none are. */
  constructor(options: {
    readonly node: string;
    readonly folder: string;
    readonly log: Log;
    readonly isKnown?: (resource: string) => boolean;
    readonly onEnded: (resource: string) => void;
  }) {
    this.#log = options.log;
    this.#records = new KeptRecords(options.folder);
    this.#owner = keptOwner(options);
    this.#logs = new KeptLogs(options.folder);
    this.#onEnded = options.onEnded;
    this.#adopted = new ProcessWatch((resource) => {
      this.#rememberEnd(resource, 'it ended');
      this.#onEnded(resource);
    });
    for (const { resource, bootId, leader } of this.#records.all()) {
      if (bootId === this.#bootId && leader !== null && isAlive(leader)) {
        this.#adopted.add(resource, leader);
      }
    }
    const { isKnown } = options;
    this.#logTimer = setInterval(() => {
      this.#tolerate(() => this.#logs.holdToSize());
      if (isKnown !== undefined) this.#tolerate(() => this.#logs.removeOthers(isKnown));
    }, LOG_LOOK_MS).unref();
  }

  /** How the resource's process stands. Adopts it when the record was lost. */
  async look(resource: string): Promise<KeptLook> {
    await this.#settling.get(resource);
    const record = this.#read(resource);
    if (record !== null && record.leader !== null && isAlive(record.leader)) {
      await this.#rememberFamilies();
      return { kind: 'running', command: record.command };
    }
    const found = await findKeptProcesses(record, keptMark(this.#owner, resource));
    if (found.leader !== null) {
      const { pid, startTicks } = found.leader;
      const command = record?.command ?? '';
      this.#adopted.add(resource, { pid, startTicks });
      this.#tolerate(() =>
        this.#records.write({ resource, bootId: this.#bootId, command, leader: { pid, startTicks }, members: [] }),
      );
      return { kind: 'running', command };
    }
    const ended = this.#ended.get(resource) ?? null;
    if (found.all.length > 0) {
      return { kind: 'remnants', pids: pidsOf(found.all), ended };
    }
    const isDoubtful = found.isUntold || found.doubtful.length > 0;
    // What begins after this look would be taken for it at the next one.
    if (!isDoubtful) this.#tolerate(() => this.#takeBack(resource));
    return isDoubtful ? { kind: 'doubtful', pids: pidsOf(found.doubtful) } : { kind: 'absent', ended };
  }

  /**
   * Starts a process. The caller has made sure that none of the resource lives.
   *
   * Shape: `isPermitted` is asked right before, and nothing is begun when it says no: 'refused'; null when it was started, or the system's word and sentence why not. Errors: rejects when its log cannot be opened; nothing was begun then.
   */
  async start(
    resource: string,
    command: KeptCommand,
    isPermitted: () => boolean = () => true,
  ): Promise<{ readonly code: string; readonly message: string } | 'refused' | null> {
    const record = { resource, bootId: this.#bootId, command: hashOf(command), leader: null, members: [] };
    const log = this.#logs.open(resource);
    try {
      // The intention is kept first: who comes after a daemon that dies between the two knows that there may be a process.
      this.#records.write({ ...record, ...intentionNow() });
    } catch (error) {
      log.close();
      this.#records.remove(resource);
      return unrecorded(error);
    }
    // Last of all: to write that down may have taken long.
    if (!isPermitted()) {
      log.close();
      this.#records.remove(resource);
      return 'refused';
    }
    this.#ended.delete(resource);
    const child = this.#spawn(resource, command, log.descriptor);
    log.close();
    if (child instanceof Error || child.pid === undefined) {
      this.#records.remove(resource);
      return wordsOf(child instanceof Error ? child : await errorOf(child));
    }
    child.unref();
    try {
      const leader = { pid: child.pid, startTicks: readChild(child.pid)?.startTicks ?? 0 };
      this.#records.write({ ...record, leader });
    } catch (error) {
      return this.#undoStart(resource, child.pid, error);
    }
    this.#children.set(resource, child);
    child.once('exit', (code, signal) => this.#childEnded(resource, child, howItEnded(code, signal)));
    return null;
  }

  /** Resolves when the main process that this life of the daemon started has ended; at once when there is none. */
  ending(resource: string): Promise<void> {
    const child = this.#children.get(resource);
    return child === undefined ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /**
   * Ends everything of a kept process: `signal` first, KILL after `killAfterMs`, until the table of processes shows none of it or the deadline passes.
   */
  async end(
    resource: string,
    options: {
      readonly signal: NodeJS.Signals;
      readonly killAfterMs: number;
      readonly leftMs: () => number;
      readonly cancel: AbortSignal;
    },
  ): Promise<KeptEnd> {
    await this.#settling.get(resource);
    this.#children.delete(resource);
    this.#adopted.remove(resource);
    const mark = keptMark(this.#owner, resource);
    const end = await endKept({
      ...options,
      find: (earlier) => findKeptProcesses(this.#read(resource), mark, earlier),
    });
    switch (end.kind) {
      case 'gone':
        this.#records.remove(resource);
        this.#ended.delete(resource);
        return end;
      case 'doubtful':
        return { kind: 'doubtful', pids: pidsOf(end.found.doubtful) };
      case 'left':
      case 'cancelled':
        if (end.found.leader !== null) {
          this.#adopted.add(resource, end.found.leader);
        }
        return end.kind === 'left' ? { kind: 'left', pids: pidsOf(end.found.all) } : { kind: 'cancelled' };
    }
  }

  /** Whether a command is the one that runs. */
  isSameCommand(look: Extract<KeptLook, { readonly kind: 'running' }>, command: KeptCommand): boolean {
    return look.command === hashOf(command);
  }

  /** Stops watching. What is kept runs on. */
  close(): void {
    clearInterval(this.#logTimer);
    for (const child of this.#children.values()) {
      child.removeAllListeners('exit');
    }
    this.#children.clear();
    this.#adopted.close();
  }

  /** Who has nothing but the file would not find it again once it had written over its mark. Shape: `leader` was started in this very turn, so its number is its own. */
  async #undoStart(
    resource: string,
    leader: number,
    error: unknown,
  ): Promise<{ readonly code: string; readonly message: string }> {
    sendSignal(-leader, 'SIGKILL');
    const untilMs = performance.now() + KILLED_WAIT_MS;
    const leftMs = (): number => untilMs - performance.now();
    const cancel = new AbortController().signal;
    const end = await this.end(resource, { signal: 'SIGKILL', killAfterMs: 0, leftMs, cancel });
    const { code, message } = unrecorded(error);
    return { code, message: end.kind === 'gone' ? message : `${message}; process ${leader} could not be proved gone` };
  }

  #spawn(resource: string, command: KeptCommand, log: number): ChildProcess | Error {
    const [program = '', ...words] = command.argv;
    try {
      return spawn(program, words, {
        cwd: command.directory,
        env: { ...command.environment, [KEPT_MARK]: keptMark(this.#owner, resource) },
        detached: true,
        stdio: ['ignore', log, log],
      });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** An intention that nothing came of. One of this life is never seen: what it leads to is written down in the same turn. */
  #takeBack(resource: string): void {
    if (this.#read(resource)?.leader === null) this.#records.remove(resource);
  }

  #read(resource: string): KeptRecord | null {
    const record = this.#records.read(resource);
    return record?.bootId === this.#bootId ? record : null;
  }

  #childEnded(resource: string, child: ChildProcess, how: string): void {
    if (this.#children.get(resource) !== child) {
      return;
    }
    this.#children.delete(resource);
    this.#rememberEnd(resource, how);
    // What is left of the group is written down now, while its number cannot have been given to another.
    const settling = this.#rememberFamilies(resource)
      .catch((error: unknown) => this.#say(error))
      .then(() => {
        this.#settling.delete(resource);
        this.#onEnded(resource);
      });
    this.#settling.set(resource, settling);
  }

  #rememberEnd(resource: string, how: string): void {
    this.#ended.set(resource, how);
    this.#tolerate(() => {
      const words = lastWords(this.#logs.tail(resource));
      this.#ended.set(resource, words === '' ? how : `${how}: ${words}`);
    });
  }

  /** Writes down the descendants of everything that runs; `now` names a resource for which this cannot wait its turn. */
  async #rememberFamilies(now?: string): Promise<void> {
    const atMs = performance.now();
    if (now === undefined && atMs - this.#familyLookAtMs < FAMILY_LOOK_MS) {
      return;
    }
    this.#familyLookAtMs = atMs;
    const rows = await listProcesses();
    this.#tolerate(() => this.#writeFamilies(rows, now));
  }

  #writeFamilies(rows: readonly ProcessRow[], now: string | undefined): void {
    for (const record of this.#records.all()) {
      const { leader } = record;
      if (leader === null || record.bootId !== this.#bootId) {
        continue;
      }
      const isReused = rows.some(({ pid, startTicks }) => pid === leader.pid && startTicks !== leader.startTicks);
      if (isReused || !(record.resource === now || isAlive(leader))) {
        continue;
      }
      const family = familyOf(leader.pid, rows).map(({ pid, startTicks }) => ({ pid, startTicks }));
      const members = [...family, ...record.members.filter((old) => isAlive(old) && !isListed(family, old))];
      if (members.length !== record.members.length || !members.every((member) => isListed(record.members, member))) {
        this.#records.write({ ...record, members: members.slice(0, limits.keptMembersMax) });
      }
    }
  }

  /** A run folder that is full or gone costs knowledge, never the daemon. */
  #tolerate(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#say(error);
    }
  }

  #say(error: unknown): void {
    this.#log.event('error', `a record or log of a kept process could not be kept: ${messageOf(error)}`);
  }
}

/** Empty where it cannot be told: then it stays unknown whether a killed daemon started it. */
function intentionNow(): { readonly intention?: KeptIntention } {
  try {
    const startTicks = readProcess(process.pid)?.startTicks;
    return startTicks === undefined
      ? {}
      : { intention: { caller: { pid: process.pid, startTicks }, sinceTicks: nowTicks() } };
  } catch {
    return {};
  }
}

function unrecorded(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = wordsOf(error);
  return { code, message: `it cannot be written down in the run directory: ${message}` };
}

function isListed(list: readonly ProcessIdentity[], wanted: ProcessIdentity): boolean {
  return list.some(({ pid, startTicks }) => pid === wanted.pid && startTicks === wanted.startTicks);
}

function pidsOf(rows: readonly ProcessRow[]): number[] {
  return rows.map(({ pid }) => pid);
}

function hashOf(command: KeptCommand): string {
  const { FAIRLEAD_EPOCH: _, FAIRLEAD_ACTION: __, ...environment } = command.environment;
  const text = JSON.stringify([command.argv, Object.entries(environment).sort(), command.directory]);
  return createHash('sha256').update(text).digest('hex');
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
}

/** The error of a child that could not be started; Node tells it in the next turn. */
function errorOf(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => child.once('error', resolve));
}
