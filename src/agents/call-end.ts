/**
 * Ends what is under way of a call by what was written down of it, and proves that it is gone.
 *
 * A call is not over with its leader: a script that tells of its progress dies with the daemon that read it, and a helper of it goes on. So everything in its process group and session is ended. Three things prove that a group is the
 * call's and no stranger's: its leader, told by its start time; a member that was written down; a member with the mark of the call. The kernel gives a group's number to nobody else while the group has members, so one proves all.
 */
import { delay } from './delay.js';
import { endProcessGroup } from './process-group.js';
import type { ProcessIdentity } from './process-table.js';
import { listMarkedProcesses, listProcesses, readChild, sendSignal } from './process-table.js';

/** The variable that marks the processes of a call. */
export const CALL_MARK = 'FAIRLEAD_CALL';

/** How often it is looked for processes that a killed daemon had just started. */
const LOOKS_MAX = 20;

/** Shape: `leader` is null between the intention to start and the start; its pid is also that of its process group and session. `members` would not go when they were killed. */
export interface CallProcesses {
  readonly mark: string;
  readonly leader: ProcessIdentity | null;
  readonly members: readonly ProcessIdentity[];
}

/** What came of ending a call. Shape: `ended` is how many had to be ended, at least; `left` are pids that would not go, or, where `isProved` is false, that may be of the call or of a stranger and were left alone. */
export interface CallEnd {
  readonly ended: number;
  readonly left: readonly number[];
  readonly isProved: boolean;
}

const GONE: CallEnd = { ended: 0, left: [], isProved: true };

/** Ends a call: TERM first and KILL after `graceMs`; with 0, KILL at once. Shape: killed processes are waited for as long as `waitMs`. Errors: rejects when it cannot be looked for. */
export async function endCall(
  { mark, leader, members }: CallProcesses,
  how: { readonly graceMs: number; readonly waitMs: number },
): Promise<CallEnd> {
  const variable = `${CALL_MARK}=${mark}`;
  if (leader === null) return endMarked(variable);
  const there = readChild(leader.pid);
  // Where another process has the leader's pid, the number was given away, so nothing of the call was left in its group.
  if (there !== null && there.startTicks !== leader.startTicks) return GONE;
  const rows = await listProcesses(({ group, session }) => group === leader.pid || session === leader.pid);
  if (rows.length === 0) return GONE;
  const isProved =
    there !== null ||
    rows.some((row) => members.some(({ pid, startTicks }) => row.pid === pid && row.startTicks === startTicks)) ||
    (await listMarkedProcesses(rows, variable)).size > 0;
  if (!isProved) return { ended: 0, left: rows.map(({ pid }) => pid), isProved };
  return { ended: 1, left: await endProcessGroup(leader.pid, how.graceMs, how.waitMs), isProved };
}

/** The daemon was killed in the moment between the start of the program and its record. */
async function endMarked(variable: string): Promise<CallEnd> {
  let marked: ReadonlySet<number> = new Set();
  let ended = 0;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    marked = await listMarkedProcesses(await listProcesses(), variable);
    if (marked.size === 0) return { ended, left: [], isProved: true };
    ended = Math.max(ended, marked.size);
    for (const pid of marked) sendSignal(pid, 'SIGKILL');
    await delay(5);
  }
  return { ended, left: [...marked], isProved: true };
}
