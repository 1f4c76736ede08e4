import type { ProcessRow } from '../agents/process-table.js';
import { readProcess } from '../agents/process-table.js';
import type { Clock } from '../ports/clock.js';

/** A clock tick of proc(5): a hundredth of a second on every processor that Node is made for. */
const TICK_MS = 10;

/** This process and the table that it stands in. */
export interface OwnProcess {
  readonly pid: number;
  /** How long it has run. Shape: milliseconds; never more than the truth, and less where a suspend came between. */
  readonly ageMs: () => number;
  /** Errors: as those of {@link readProcess}. */
  readonly read: (pid: number) => Pick<ProcessRow, 'startTicks'> | null;
}

const thisProcess: OwnProcess = { pid: process.pid, ageMs: () => process.uptime() * 1000, read: readProcess };

/**
 * When this boot began: process 1 is as old as it. A container that boots anew has another boot id (systemd-nspawn and LXC give it one), while its clock is that of the machine and goes on.
 *
 * Start times count from the machine's boot, and the clock need not where a container is not shown it; so process 1 is compared with this process, whose age is known.
 *
 * Shape: by the clock; never before the truth. Null where process 1 cannot be looked at.
 * Source: proc(5), field 22 of `stat`, in ticks rounded down.
 */
export function bootBeganAtMs(clock: Clock, self: OwnProcess = thisProcess): number | null {
  try {
    const first = self.read(1);
    const own = self.read(self.pid);
    if (first === null || own === null) return null;
    const olderMs = (own.startTicks - first.startTicks - 1) * TICK_MS;
    return Number.isFinite(olderMs) ? clock.nowMs() - self.ageMs() - Math.max(0, olderMs) : null;
  } catch {
    // The voter is silent for longer then, and what cannot be read is told by who needs it more.
    return null;
  }
}
