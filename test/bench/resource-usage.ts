/** What processes of a host cost while nothing happens. */
import type { Host } from '../e2e/harness/host.js';
import { sleep } from '../e2e/harness/wait-until.js';

/** The cost of some processes together. */
export interface ResourceUsage {
  /** Resident memory; pages that two of them share count twice, as `ps` counts them. */
  readonly rssMiB: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly processes: number;
}

/** Of the kernel's clock in `/proc/PID/stat`. Source: proc(5), sysconf(3) _SC_CLK_TCK; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Looks at the processes whose command line matches, twice, `durationMs` apart. Shape: those that live through all of it. */
export async function usageOf(host: Host, pattern: RegExp, durationMs: number): Promise<ResourceUsage> {
  const pids = (await host.processes()).filter(({ command }) => pattern.test(command)).map(({ pid }) => pid);
  const before = await ticksOf(host, pids);
  const fromMs = performance.now();
  await sleep(durationMs);
  const after = await ticksOf(host, pids);
  const seconds = (performance.now() - fromMs) / 1000;
  const living = pids.filter((pid) => before.has(pid) && after.has(pid));
  const ticks = living.reduce((sum, pid) => sum + (after.get(pid)?.ticks ?? 0) - (before.get(pid)?.ticks ?? 0), 0);
  const rssKiB = living.reduce((sum, pid) => sum + (after.get(pid)?.rssKiB ?? 0), 0);
  return {
    rssMiB: rssKiB / 1024,
    cpuPercent: ((ticks / TICKS_PER_SECOND) * 100) / seconds,
    processes: living.length,
  };
}

async function ticksOf(
  host: Host,
  pids: readonly number[],
): Promise<ReadonlyMap<number, { readonly ticks: number; readonly rssKiB: number }>> {
  const found = new Map<number, { readonly ticks: number; readonly rssKiB: number }>();
  const files = pids.flatMap((pid) => [`/proc/${pid}/stat`, `/proc/${pid}/status`]);
  const { stdout } = await host.exec(['cat', ...files]);
  for (const [, pid, rest] of stdout.matchAll(/^(\d+) \(.*\) [A-Z] (.*)$/gm)) {
    const fields = rest?.split(' ') ?? [];
    // After the state: utime and stime are the 11th and 12th.
    found.set(Number(pid), { ticks: Number(fields[10]) + Number(fields[11]), rssKiB: 0 });
  }
  for (const [, pid, rssKiB] of stdout.matchAll(/^Pid:\t(\d+)[\s\S]*?^VmRSS:\s+(\d+) kB$/gm)) {
    found.set(Number(pid), { ticks: found.get(Number(pid))?.ticks ?? 0, rssKiB: Number(rssKiB) });
  }
  return found;
}
