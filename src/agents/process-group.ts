/**
 * Ends everything that one program started: its process group, and what left the group but not the session.
 *
 * What made a session of its own (a daemon does) is out of reach here, and rightly so: a service that an agent started must outlive the agent.
 *
 * Source: setpgid(2), setsid(2), kill(2), credentials(7).
 */
import { delay } from './delay.js';
import type { ProcessRow } from './process-table.js';
import { listProcesses, sendSignal } from './process-table.js';

/** How long killed processes are waited for; one that sleeps in the kernel on a dead disk may never go. Ours: a thousand times what it takes. */
export const KILLED_WAIT_MS = 1000;

/** How long killed processes are looked at before they are killed again: one may have started another meanwhile. */
const KILLED_LOOK_MS = 50;

/** Pauses between two looks, the last one repeated. */
const PAUSES_MS = [2, 5, 10, 20, 40];

/**
 * Ends the group of a program of ours that is not reaped yet, or of which a member is proved to live: TERM first and KILL after `graceMs`; with 0, KILL at once.
 *
 * Shape: `leader` is the pid of a session leader; killed processes are waited for as long as `killedWaitMs`. Returns the pids that would not go, empty when all are gone.
 */
export async function endProcessGroup(
  leader: number,
  graceMs: number,
  killedWaitMs = KILLED_WAIT_MS,
): Promise<number[]> {
  if (graceMs > 0) {
    await signalSession(leader, 'SIGTERM');
    if (await isGoneWithin(leader, graceMs)) {
      return [];
    }
  }
  const giveUpAt = performance.now() + killedWaitMs;
  for (;;) {
    sendSignal(-leader, 'SIGKILL');
    if (await isGoneWithin(leader, KILLED_LOOK_MS)) {
      return [];
    }
    const members = await signalSession(leader, 'SIGKILL');
    if (members.length === 0 || performance.now() >= giveUpAt) {
      return members.map(({ pid }) => pid);
    }
  }
}

/** Signals the group as one, and each that stands in the session only. Returns who was there. */
async function signalSession(leader: number, signal: NodeJS.Signals): ReturnType<typeof membersOf> {
  sendSignal(-leader, signal);
  const members = await membersOf(leader);
  for (const { pid, group } of members) {
    if (group !== leader) {
      sendSignal(pid, signal);
    }
  }
  return members;
}

/** Where the table cannot be read, the kernel's word on the group is all there is. */
async function membersOf(leader: number): Promise<readonly Pick<ProcessRow, 'pid' | 'group'>[]> {
  try {
    return await listProcesses(({ group, session }) => group === leader || session === leader);
  } catch {
    return sendSignal(-leader, 0) ? [{ pid: leader, group: leader }] : [];
  }
}

/** Waits for the whole session to be gone. The kernel's own answer on the group is cheap; the table is read only when it says that the group is empty. */
async function isGoneWithin(leader: number, waitMs: number): Promise<boolean> {
  const until = performance.now() + waitMs;
  for (let look = 0; ; look += 1) {
    const isGroupThere = sendSignal(-leader, 0);
    // Zombies that nobody reaps keep a group in the kernel's eyes, so now and then the table is asked in any case.
    if ((!isGroupThere || look % 10 === 9) && (await membersOf(leader)).length === 0) {
      return true;
    }
    const leftMs = until - performance.now();
    if (leftMs <= 0) {
      return false;
    }
    await delay(Math.min(PAUSES_MS[look] ?? 40, leftMs));
  }
}
