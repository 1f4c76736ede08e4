/** Everything that a node of a lab runs, to make it crash, stand still or go on as one machine does. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeptRecords } from '../../agents/kept-record.js';
import { familyOf } from '../../agents/kept-search.js';
import type { ProcessIdentity, ProcessRow } from '../../agents/process-table.js';
import { isAlive, listProcesses, sendSignal } from '../../agents/process-table.js';
import { GUARD_FILES, readNamed } from '../../guard/guard-files.js';

/** A node of a lab as the table of processes knows it. Shape: `daemon` null once it has ended. */
export interface HostOfProcesses {
  readonly daemon: ProcessIdentity | null;
  readonly runDir: string;
}

/** How long killed processes may take to go. */
const KILLED_MS_MAX = 5000;

/** Pause between two looks. */
const LOOK_MS = 5;

/** The daemon's descendants, its guard, and its services with theirs, also those that an earlier life of it started. The daemon itself is not among them. */
export async function servicesOf(host: HostOfProcesses): Promise<ProcessRow[]> {
  const rows = await listProcesses();
  const records = new KeptRecords(join(host.runDir, 'kept')).all();
  const known = records.flatMap(({ leader, members }) => (leader === null ? members : [leader, ...members]));
  const guard = readNamed(host.runDir, GUARD_FILES.guard);
  const roots = [host.daemon, guard, ...known]
    .filter((root) => root !== null)
    .filter((root) => rows.some(({ pid, startTicks }) => pid === root.pid && startTicks === root.startTicks));
  const found = new Map<number, ProcessRow>();
  for (const { pid } of roots) {
    for (const row of familyOf(pid, rows)) found.set(row.pid, row);
    const own = rows.find((row) => row.pid === pid);
    if (own !== undefined) found.set(pid, own);
  }
  if (host.daemon !== null) found.delete(host.daemon.pid);
  return [...found.values()];
}

/** Kills the daemon and everything that it runs: as nearly at once as one machine can do to another. */
export async function killHost(host: HostOfProcesses): Promise<void> {
  const { daemon } = host;
  // One that stands still starts nothing new while its services are looked up.
  if (daemon !== null && isAlive(daemon)) sendSignal(daemon.pid, 'SIGSTOP');
  const untilMs = performance.now() + KILLED_MS_MAX;
  // All that were seen, for a child whose parent went first is found no more while it goes itself.
  const seen = new Map<number, ProcessIdentity>();
  if (daemon !== null) seen.set(daemon.pid, daemon);
  for (;;) {
    const services = await servicesOf(host);
    for (const row of services) seen.set(row.pid, row);
    const left = [...seen.values()].filter(isAlive);
    if (services.length === 0 && left.length === 0) return;
    for (const { pid } of left) sendSignal(pid, 'SIGKILL');
    if (performance.now() > untilMs) {
      throw new Error(`process ${left.map(({ pid }) => pid).join(', ')} does not end although it was killed`);
    }
    await sleep(LOOK_MS);
  }
}

/** Stops or continues the daemon and everything that it runs. */
export async function signalHost(host: HostOfProcesses, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const { daemon } = host;
  if (daemon !== null && isAlive(daemon) && signal === 'SIGSTOP') sendSignal(daemon.pid, signal);
  for (const row of await servicesOf(host)) if (isAlive(row)) sendSignal(row.pid, signal);
  // The daemon goes on last, as it would find its machine after a suspend: everything of it there.
  if (daemon !== null && isAlive(daemon) && signal === 'SIGCONT') sendSignal(daemon.pid, signal);
}
