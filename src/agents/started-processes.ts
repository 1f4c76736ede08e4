/**
 * Tells at once when a process ends that the start of an OCF, LSB or own-command resource has left running.
 *
 * Nobody says which these are: the agent's own children end, and what they started goes on without a parent. So what became an orphan of this program's family while the start was under way is taken for
 * the service. That is a guess, which may take a process of somebody else for one and miss a service that begins later, and it is good enough for an event: the monitor that follows alone finds out what is true.
 *
 * Source: proc(5); prctl(2), PR_SET_CHILD_SUBREAPER: an orphan gets an ancestor for a parent, mostly process 1.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/error-message.js';
import { isJsonObject, parseJson } from '../base/json-object.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';
import type { CallNote } from './call-records.js';
import type { EventWatch } from './event-watch.js';
import { fileNameOf } from './file-name.js';
import type { ProcessIdentity } from './process-table.js';
import {
  isAlive,
  isIdentity,
  listProcesses,
  readBootId,
  readChild,
  readProcess,
  readVariable,
} from './process-table.js';
import { ProcessWatch } from './process-watch.js';
import { readText, replaceFile } from './run-file.js';

/** The variable by which programs know for which resource they were started. */
const RESOURCE_VARIABLE = 'FAIRLEAD_RESOURCE';

/** The processes of one run folder, by resource. */
export class StartedProcesses implements EventWatch {
  readonly #folder: string;
  readonly #bootId = readBootId();
  readonly #watch: ProcessWatch;
  readonly #log: Log;
  /** Those that are watched; of a resource that does not run here there is no entry. */
  readonly #started = new Map<string, readonly ProcessIdentity[]>();

  constructor(options: { readonly folder: string; readonly log: Log; readonly onEnded: (resource: string) => void }) {
    this.#folder = options.folder;
    this.#log = options.log;
    this.#watch = new ProcessWatch((name) => options.onEnded(resourceIn(name)), isListed);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** A start is through. What cannot be found out or written down costs events, and nothing else. Shape: `sinceTicks` is when the first of its programs began, null when none did. */
  async started(resource: ResourceSpec, sinceTicks: number | null): Promise<void> {
    if (sinceTicks === null || !isMeant(resource)) return;
    const { id } = resource;
    const before = this.#started.get(id);
    try {
      const found = await findOrphans(id, sinceTicks);
      // It was stopped, or started anew, meanwhile.
      if (this.#started.get(id) !== before) return;
      this.#take(id, found);
      const record = { bootId: this.#bootId, processes: found };
      if (found.length > 0) replaceFile(this.#path(id), `${JSON.stringify(record)}\n`);
    } catch (error) {
      const message = messageOf(error);
      this.#log.event('warn', `not all is known of what the start of ${id} left running: ${message}`);
    }
  }

  /** What runs is watched as it was written down when it was started, maybe by an earlier daemon. */
  follow(resource: ResourceSpec): void {
    const { id } = resource;
    if (isMeant(resource) && !this.#started.has(id)) this.#take(id, this.#kept(id));
  }

  forget(resource: string): void {
    if (!this.#started.has(resource)) return;
    this.#take(resource, []);
    this.#started.delete(resource);
    try {
      rmSync(this.#path(resource), { force: true });
    } catch (error) {
      // What it names is gone, and no other process is ever taken for it.
      this.#log.event('debug', `a record of what ${resource} had running stays: ${String(error)}`);
    }
  }

  close(): void {
    this.#watch.close();
  }

  #take(resource: string, processes: readonly ProcessIdentity[]): void {
    for (const each of this.#started.get(resource) ?? []) this.#watch.remove(nameOf(resource, each));
    this.#started.set(resource, processes);
    for (const each of processes) this.#watch.add(nameOf(resource, each), each);
  }

  #kept(resource: string): readonly ProcessIdentity[] {
    const record = parseJson(readText(this.#path(resource)));
    if (!isJsonObject(record) || record.bootId !== this.#bootId || !Array.isArray(record.processes)) return [];
    return record.processes.filter(isIdentity).filter(isAlive).slice(0, limits.startedProcessesMax);
  }

  #path(resource: string): string {
    return join(this.#folder, `${fileNameOf(resource)}.json`);
  }
}

/** Whether it lives or is still a zombie, which agents that ask by a signal take for alive: a monitor would look too early. */
function isListed({ pid, startTicks }: ProcessIdentity): boolean {
  return readChild(pid)?.startTicks === startTicks;
}

/** A note that also keeps when the first program of its call began. */
export function timedNote(note: CallNote | null): {
  readonly note: CallNote | null;
  readonly sinceTicks: () => number | null;
} {
  if (note === null) return { note, sinceTicks: () => null };
  let sinceTicks: number | null = null;
  const started = (pid: number): void => {
    sinceTicks ??= readChild(pid)?.startTicks ?? null;
    note.started(pid);
  };
  return { note: { ...note, started }, sinceTicks: () => sinceTicks };
}

/** Whether nobody else tells of what the resource has running. */
function isMeant({ type, params }: ResourceSpec): boolean {
  return type.startsWith('ocf:') || type.startsWith('lsb:') || (type === 'script' && params.run === undefined);
}

/** What lost its parent since then, the oldest first, without what is known to belong to another resource. */
async function findOrphans(resource: string, sinceTicks: number): Promise<readonly ProcessIdentity[]> {
  const parents = ancestors();
  const rows = await listProcesses(({ parent, startTicks }) => startTicks >= sinceTicks && parents.has(parent));
  return rows
    .filter(({ pid }) => [resource, null].includes(readVariable(pid, RESOURCE_VARIABLE)))
    .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)
    .slice(0, limits.startedProcessesMax)
    .map(({ pid, startTicks }) => ({ pid, startTicks }));
}

/** Who takes orphans of this program's family: process 1, or an ancestor that asked for it. */
function ancestors(): ReadonlySet<number> {
  const found = new Set([1]);
  for (let pid = process.ppid; pid > 1 && !found.has(pid); pid = readProcess(pid)?.parent ?? 0) found.add(pid);
  return found;
}

function nameOf(resource: string, { pid }: ProcessIdentity): string {
  return `${pid} ${resource}`;
}

function resourceIn(name: string): string {
  return name.slice(name.indexOf(' ') + 1);
}
