/**
 * The health of this machine, as far as the kernel tells it.
 *
 * Source: statfs(2), proc(5) for meminfo and loadavg, the kernel's documentation of pressure stall information for /proc/pressure/memory.
 */
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CheckProbe, CheckResult } from '../model/check.js';
import type { PathLooks } from './look-at-path.js';

type Disk = Extract<CheckProbe, { readonly kind: 'disk' }>;
type Memory = Extract<CheckProbe, { readonly kind: 'memory' }>;
type Load = Extract<CheckProbe, { readonly kind: 'load' }>;

const PASSED: CheckResult = { kind: 'passed' };

/** Whether there is room on the file systems of all the paths. */
export async function lookAtDisks(probe: Disk, looks: PathLooks, timeoutMs: number): Promise<CheckResult> {
  const results = await Promise.all(probe.paths.map((path) => lookAtDisk(path, probe.freeShare, looks, timeoutMs)));
  return worstOf(results);
}

async function lookAtDisk(path: string, freeShare: number, looks: PathLooks, timeoutMs: number): Promise<CheckResult> {
  const seen = await looks.make(`health ${path}`, timeoutMs, () => statfs(path));
  switch (seen.kind) {
    case 'seen': {
      const { bavail, blocks } = seen.value;
      // A file system without blocks, such as /proc, is never full.
      const free = blocks === 0 ? 1 : bavail / blocks;
      return free >= freeShare ? PASSED : { kind: 'failed', why: `${percent(free)} of ${path} is free` };
    }
    case 'error':
      return { kind: 'failed', why: seen.message };
    case 'hangs':
      return { kind: 'failed', why: `${path} does not answer` };
    case 'full':
      return { kind: 'unknown', why: `${path} is not looked at while others do not answer` };
  }
}

/** Whether enough memory is available, and programs do not stand still for want of it. Shape: `proc` is where the kernel tells it. */
export async function lookAtMemory(probe: Memory, proc = '/proc'): Promise<CheckResult> {
  const results: CheckResult[] = [];
  if (probe.availableShare !== undefined) {
    const text = await read(join(proc, 'meminfo'));
    const total = number(text, /^MemTotal: +(\d+)/m);
    const available = number(text, /^MemAvailable: +(\d+)/m);
    results.push(
      judge(available === null || total === null ? null : available / total, {
        isGood: (share) => share >= (probe.availableShare ?? 0),
        words: (share) => `${percent(share)} of the memory is available`,
        missing: 'the kernel does not tell how much memory is available',
      }),
    );
  }
  if (probe.pressureShare !== undefined) {
    const stalled = number(await read(join(proc, 'pressure', 'memory')), /^full avg10=([\d.]+)/m);
    results.push(
      judge(stalled === null ? null : stalled / 100, {
        isGood: (share) => share <= (probe.pressureShare ?? 1),
        words: (share) => `all programs stood still for want of memory for ${percent(share)} of the last 10 s`,
        missing: 'the kernel does not tell the pressure on memory (PSI)',
      }),
    );
  }
  return worstOf(results);
}

/** Whether the load average of 5 minutes is within what each processor may have. */
export async function lookAtLoad(probe: Load, proc = '/proc'): Promise<CheckResult> {
  const load = number(await read(join(proc, 'loadavg')), /^[\d.]+ ([\d.]+) /);
  return judge(load === null ? null : load / availableParallelism(), {
    isGood: (perCpu) => perCpu <= probe.perCpu,
    words: (perCpu) => `the load of 5 minutes is ${Math.round(perCpu * 100) / 100} per processor`,
    missing: 'the kernel does not tell its load',
  });
}

function judge(
  found: number | null,
  by: {
    readonly isGood: (found: number) => boolean;
    readonly words: (found: number) => string;
    readonly missing: string;
  },
): CheckResult {
  if (found === null) return { kind: 'unknown', why: by.missing };
  return by.isGood(found) ? PASSED : { kind: 'failed', why: by.words(found) };
}

/** One that failed, else one that is not known. */
function worstOf(results: readonly CheckResult[]): CheckResult {
  return results.find(({ kind }) => kind === 'failed') ?? results.find(({ kind }) => kind === 'unknown') ?? PASSED;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return ''; // What the kernel does not tell is not known.
  }
}

function number(text: string, pattern: RegExp): number | null {
  const [, digits] = pattern.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}
