import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProcess } from '../../src/agents/process-table.js';
import type { OwnProcess } from '../../src/daemon/boot-beginning.js';
import { bootBeganAtMs } from '../../src/daemon/boot-beginning.js';
import { systemClock } from '../../src/host/system-clock.js';
import { builtProgram } from '../agents/harness/build-programs.js';
import { freshFolder } from '../agents/harness/folder.js';
import { describeWith } from '../agents/harness/requirements.js';
import { ManualClock } from '../host/manual-clock.js';
import type { ContainerBoot } from './container-boot-main.js';

/** P(10 s) + P(20 s) of what the program of these tests may have promised. */
const SILENCE_MS = (30_000 * 1.09) / 0.91;

/** A process that is 200 ms old, among others. Shape: `starts` are ticks by pid; its own pid is 700. */
function selfAmong(starts: Readonly<Record<number, number>>): OwnProcess {
  const read = (pid: number) => {
    const startTicks = starts[pid];
    return startTicks === undefined ? null : { startTicks };
  };
  return { pid: 700, ageMs: () => 200, read };
}

async function clockAt(nowMs: number): Promise<ManualClock> {
  const clock = new ManualClock();
  await clock.advance(nowMs);
  return clock;
}

describe('R7 when this boot began', () => {
  it('is with the clock on a machine whose clock it began', async () => {
    const beganMs = bootBeganAtMs(await clockAt(1_000_000), selfAmong({ 1: 2, 700: 99_978 }));
    expect(beganMs).toBe(50);
  });

  it('is with the init of a container, whose clock is that of the machine', async () => {
    const beganMs = bootBeganAtMs(await clockAt(1_000_000), selfAmong({ 1: 99_478, 700: 99_978 }));
    expect(beganMs).toBe(1_000_000 - 200 - 4990);
  });

  it('is told by ages, since the clock of a container need not count from where the kernel counts', async () => {
    const beganMs = bootBeganAtMs(await clockAt(400_000), selfAmong({ 1: 99_478, 700: 99_978 }));
    expect(beganMs).toBe(400_000 - 200 - 4990);
  });

  it('is with the daemon that is process 1 itself', async () => {
    const self = { ...selfAmong({ 1: 99_978 }), pid: 1 };
    expect(bootBeganAtMs(await clockAt(1_000_000), self)).toBe(1_000_000 - 200);
  });

  it('is not known where process 1 is hidden', async () => {
    expect(bootBeganAtMs(await clockAt(1_000_000), selfAmong({ 700: 99_978 }))).toBeNull();
  });

  it('is not known where this process does not stand in the table', async () => {
    expect(bootBeganAtMs(await clockAt(1_000_000), selfAmong({ 1: 2 }))).toBeNull();
  });

  it('is not known where the table says no number', async () => {
    expect(bootBeganAtMs(await clockAt(1_000_000), selfAmong({ 1: Number.NaN, 700: 99_978 }))).toBeNull();
  });

  it('is not known where the table cannot be read', async () => {
    const read = () => {
      throw new Error('EMFILE: too many open files');
    };
    expect(bootBeganAtMs(await clockAt(1_000_000), { pid: 700, ageMs: () => 200, read })).toBeNull();
  });

  it('is with process 1 of this machine, within the time that a process takes to begin', () => {
    const clock = systemClock();
    const [upSeconds] = readFileSync('/proc/uptime', 'utf8').split(' ');
    const trueAgeMs = Number(upSeconds) * 1000 - Number(readProcess(1)?.startTicks) * 10;
    const laterMs = trueAgeMs - (clock.nowMs() - (bootBeganAtMs(clock) ?? Number.NaN));
    expect(laterMs).toBeGreaterThan(-20);
    expect(laterMs).toBeLessThan(20_000);
  });
});

describeWith('R7 a voter in a container', { namespaces: ['--mount', '--pid'] }, () => {
  it('that boots anew is silent for what it may have promised, counted from the start of the container', async () => {
    const program = await builtProgram('container-boot', new URL('./container-boot-main.ts', import.meta.url));
    const folder = freshFolder();
    const [state, run, bootId] = ['state', 'run', 'boot_id'].map((name) => join(folder.path, name));
    for (const path of [state, run]) mkdirSync(String(path));
    /** Boots it as systemd-nspawn and LXC do: processes, /run and a boot id of its own; the disk stays, and the clock is the machine's. */
    const boot = (id: string): ContainerBoot => {
      writeFileSync(String(bootId), `${id}\n`);
      const script =
        'mount -t tmpfs none "$1" && mount --bind "$2" /proc/sys/kernel/random/boot_id && sleep 0.5 && "$3" "$4" "$5" "$1"; exit $?';
      const words = ['sh', run, bootId, process.execPath, program, state].map(String);
      const text = execFileSync(
        'unshare',
        ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', script, ...words],
        { encoding: 'utf8' },
      );
      return JSON.parse(text);
    };
    try {
      expect(boot('11111111-1111-4111-8111-111111111111').past).toBe('lost');
      const fromMs = performance.now();
      const second = boot('22222222-2222-4222-8222-222222222222');
      const tookMs = performance.now() - fromMs;
      expect(second.past).toBe('earlier-boot');
      expect(second.silentForMs).toBeGreaterThan(SILENCE_MS - tookMs);
      expect(second.silentForMs).toBeLessThan(SILENCE_MS - 450);
    } finally {
      folder.remove();
    }
  });
});
