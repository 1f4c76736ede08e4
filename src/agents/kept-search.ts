/**
 * Finds what belongs to a kept process, and nothing else.
 *
 * Three proofs count: a pid with the start time that was written down; the mark in a process's environment; and membership of a process group or session in which
 * one process is proved, for the kernel gives a group's number to nobody else while the group has members.
 */
import { fileNameOf } from './file-name.js';
import type { KeptRecord } from './kept-record.js';
import type { ProcessIdentity, ProcessRow } from './process-table.js';
import { isAlive, listMarkedProcesses, listProcesses, readVariable } from './process-table.js';

/** The variable that marks everything that a kept process starts. */
export const KEPT_MARK = 'FAIRLEAD_KEPT';

/** The value of {@link KEPT_MARK} for a resource. Shape: `owner` is that of `kept-owner.ts`. */
export function keptMark(owner: string, resource: string): string {
  return `${owner}/${fileNameOf(resource)}`;
}

/**
 * What lives of a kept process.
 *
 * Shape: `leader` is its main process; null when that is gone. `group` is the process group that may be signalled as one; null when none is proved. `doubtful` stand in a group with its
 * number and could not be proved to belong to it. `isUntold` when all that is known is that it was to be started, nothing bears its mark, which a program may have written over, and something lives that is young enough to be it.
 */
export interface FoundProcesses {
  readonly leader: ProcessRow | null;
  readonly all: readonly ProcessRow[];
  readonly group: number | null;
  readonly doubtful: readonly ProcessRow[];
  readonly isUntold: boolean;
}

/**
 * Looks through the table of processes.
 *
 * Shape: `record` is of this boot, null when there is none; `mark` is the value of {@link KEPT_MARK}; `earlier` are processes that an earlier look has proved.
 */
export async function findKeptProcesses(
  record: KeptRecord | null,
  mark: string,
  earlier: readonly ProcessIdentity[] = [],
): Promise<FoundProcesses> {
  const recorded = record === null ? [] : [...(record.leader === null ? [] : [record.leader]), ...record.members];
  const known = [...recorded, ...earlier];
  const rows = await listProcesses();
  const marked = await listMarkedProcesses(rows, `${KEPT_MARK}=${mark}`);
  const proved = rows.filter((row) => isKnown(known, row) || marked.has(row.pid));
  // The main process may have written over its mark when its children have not.
  const sessions = new Set(proved.map(({ session }) => session));
  const leaderIdentity = record?.leader ?? leaderAmong(rows.filter(({ session }) => sessions.has(session)));
  if (leaderIdentity === null) {
    const isUntold = record !== null && proved.length === 0 && earlier.length === 0 && mayHaveBegun(record, rows);
    return { leader: null, all: proved, group: null, doubtful: [], isUntold };
  }
  const number = leaderIdentity.pid;
  const isMember = (row: ProcessRow): boolean => row.group === number || row.session === number;
  if (proved.some(isMember)) {
    const all = rows.filter((row) => isMember(row) || proved.includes(row));
    const leader = all.find(({ pid }) => pid === number) ?? null;
    const group = all.some((row) => row.group === number) ? number : null;
    return { leader, all, group, doubtful: [], isUntold: false };
  }
  // Where another process has the leader's pid, the number was given away, so nothing of ours was left in the group.
  const isReused = rows.some(({ pid }) => pid === number);
  return { leader: null, all: proved, group: null, doubtful: isReused ? [] : rows.filter(isMember), isUntold: false };
}

function isKnown(known: readonly ProcessIdentity[], row: ProcessRow): boolean {
  return known.some(({ pid, startTicks }) => pid === row.pid && startTicks === row.startTicks);
}

/**
 * Whether what was only intended may have been started and live.
 *
 * All of it would be younger than the intention. So it is not there when nothing is that young, but for this process with its own and what is marked for another resource, and who intended it cannot do it any more.
 */
function mayHaveBegun({ intention }: KeptRecord, rows: readonly ProcessRow[]): boolean {
  if (intention === undefined || isAlive(intention.caller)) return true;
  const own = new Set([process.pid, ...familyOf(process.pid, rows).map(({ pid }) => pid)]);
  const young = rows.filter((row) => row.startTicks >= intention.sinceTicks && !own.has(row.pid) && !isOfKernel(row));
  return young.some(({ pid }) => readVariable(pid, KEPT_MARK) === null);
}

/** Whether it is one of the kernel's own threads. Source: credentials(7), and kthreadd, which begins them all. */
function isOfKernel({ parent, session }: ProcessRow): boolean {
  return parent === 2 && session === 0;
}

/** Where no record says which it is: the oldest that leads a session and was not started by another of them. */
function leaderAmong(proved: readonly ProcessRow[]): ProcessRow | null {
  const pids = proved.map(({ pid }) => pid);
  const tops = proved.filter((row) => row.session === row.pid && !pids.includes(row.parent));
  return tops.sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)[0] ?? null;
}

/** The descendants of a process, and what stands in its group or session, itself left out. */
export function familyOf(leader: number, rows: readonly ProcessRow[]): ProcessRow[] {
  const family = new Set([leader]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const row of rows) {
      if (family.has(row.parent) || row.group === leader || row.session === leader) {
        family.add(row.pid);
      }
    }
  }
  return rows.filter(({ pid }) => pid !== leader && family.has(pid));
}
