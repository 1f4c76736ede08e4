/** Ends everything of a kept process, and proves it: what `script` resources are stopped and killed with, by the daemon and by its guard. */
import { delay } from './delay.js';
import { fileNameOf } from './file-name.js';
import type { FoundProcesses } from './kept-search.js';
import type { ProcessRow } from './process-table.js';
import { isAlive, sendSignal } from './process-table.js';

/** What came of ending one. Shape: `found` is what lived at the last look. */
export type EndOfKept =
  | { readonly kind: 'gone' }
  | { readonly kind: 'left' | 'doubtful' | 'cancelled'; readonly found: FoundProcesses };

/** Says why it cannot be told whether anything of a kept process is left. Shape: `pids` are the doubtful ones; none where it is only known that it was to be started. */
export function describeDoubt(resource: string, pids: readonly number[]): string {
  return pids.length > 0
    ? `process ${pids.join(', ')} may be what is left of it and cannot be told apart from another; look and end it by hand`
    : `it was to be started, and whether it was is not written down; look, end it by hand if it runs, and then remove kept/${fileNameOf(resource)}.json from the run directory`;
}

/** Pauses while processes end, the last one repeated. */
const ENDING_PAUSES_MS = [2, 5, 10, 20, 40];

/** How long doubts are looked at again: a process that is just ending has no environment any more that would prove it, and is gone in an instant. */
const DOUBT_MS = 500;

/** How long killed processes are looked at before the table is read again. */
const KILLED_LOOK_MS = 200;

/**
 * Sends `signal` first, KILL after `killAfterMs`, until a look finds nothing or the deadline passes.
 *
 * Shape: `find` looks through the table of processes; nothing is signalled that it did not prove to belong. It is given what it has found before, for when the main process is gone
 * that is the proof for the rest.
 */
export async function endKept(options: {
  readonly find: (earlier: readonly ProcessRow[]) => Promise<FoundProcesses>;
  readonly signal: NodeJS.Signals;
  readonly killAfterMs: number;
  readonly leftMs: () => number;
  readonly cancel: AbortSignal;
}): Promise<EndOfKept> {
  const killAtMs = performance.now() + options.killAfterMs;
  const asked = new Set<string>();
  let earlier: readonly ProcessRow[] = [];
  let doubtUntilMs: number | null = null;
  for (;;) {
    const found = await options.find(earlier);
    if (found.all.length > 0) earlier = found.all;
    if (found.all.length === 0) {
      if (found.isUntold) return { kind: 'doubtful', found };
      if (found.doubtful.length === 0) return { kind: 'gone' };
      doubtUntilMs ??= performance.now() + Math.min(DOUBT_MS, options.leftMs());
      if (performance.now() >= doubtUntilMs || options.cancel.aborted) return { kind: 'doubtful', found };
      await waitUntilDead(found.doubtful, { waitMs: doubtUntilMs - performance.now(), cancel: options.cancel });
      continue;
    }
    if (options.cancel.aborted || options.leftMs() <= 0) {
      return { kind: options.cancel.aborted ? 'cancelled' : 'left', found };
    }
    const isTimeToKill = performance.now() >= killAtMs;
    signalFound(found, isTimeToKill ? 'SIGKILL' : options.signal, isTimeToKill ? null : asked);
    const waitMs = isTimeToKill ? KILLED_LOOK_MS : killAtMs - performance.now();
    await waitUntilDead(found.all, { waitMs: Math.min(waitMs, options.leftMs()), cancel: options.cancel });
  }
}

function signalFound(found: FoundProcesses, signal: NodeJS.Signals, asked: Set<string> | null): void {
  const fresh = found.all.filter((row) => asked === null || !asked.has(`${row.pid} ${row.startTicks}`));
  if (found.group !== null && fresh.some(({ group }) => group === found.group)) {
    sendSignal(-found.group, signal);
  }
  for (const row of fresh) {
    if (row.group !== found.group) {
      sendSignal(row.pid, signal);
    }
    asked?.add(`${row.pid} ${row.startTicks}`);
  }
}

async function waitUntilDead(
  rows: readonly ProcessRow[],
  options: { readonly waitMs: number; readonly cancel: AbortSignal },
): Promise<void> {
  const until = performance.now() + options.waitMs;
  for (let look = 0; rows.some(isAlive) && !options.cancel.aborted; look += 1) {
    const leftMs = until - performance.now();
    if (leftMs <= 0) {
      return;
    }
    await delay(Math.min(ENDING_PAUSES_MS[look] ?? 40, leftMs), options.cancel);
  }
}
