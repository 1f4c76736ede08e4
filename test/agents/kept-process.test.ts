import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeptCommand } from '../../src/agents/kept-process.js';
import { KeptProcesses } from '../../src/agents/kept-process.js';
import type { KeptRecord } from '../../src/agents/kept-record.js';
import { KEPT_MARK } from '../../src/agents/kept-search.js';
import type { ProcessIdentity } from '../../src/agents/process-table.js';
import { listProcesses, nowTicks, readBootId, readProcess, readVariable } from '../../src/agents/process-table.js';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import { describeWith } from './harness/requirements.js';
import { SmallTmpfs } from '../host/small-tmpfs.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';
import { until } from './harness/until.js';

const FOREVER = 'while :; do sleep 0.05; done';

let program: string;
beforeAll(async () => {
  program = await buildRunnerProgram();
});

let folder: ReturnType<typeof freshFolder>;
let stateDir: string;
let daemon: RunnerProcess;
let web: ResourceSpec;
beforeEach(() => {
  folder = freshFolder();
  stateDir = join(folder.path, 'run');
  daemon = newDaemon();
});
afterEach(async () => {
  await daemon.run(operation('kill', web));
  await daemon.end();
  folder.remove();
});

function newDaemon(node = 'lb1'): RunnerProcess {
  return new RunnerProcess(program, { node, stateDir });
}

function keep(text: string): ResourceSpec {
  const script = writeScript(join(folder.path, 'service'), `#!/bin/bash\necho $$ > ${folder.path}/pid\n${text}\n`);
  web = resource('script', { run: [script] });
  return web;
}

function pid(name = 'pid'): Promise<number> {
  const path = join(folder.path, name);
  return until(`${name} is written`, () => existsSync(path) && Number(readFileSync(path, 'utf8')));
}

const recordPath = (): string => join(stateDir, 'kept/web.json');

function readRecord(): KeptRecord {
  return JSON.parse(readFileSync(recordPath(), 'utf8'));
}

function writeRecord(record: KeptRecord): void {
  mkdirSync(join(stateDir, 'kept'), { recursive: true });
  writeFileSync(recordPath(), JSON.stringify(record));
}

describe('a kept process', () => {
  it('outlives a daemon that is killed, and writes on', async () => {
    keep(`while :; do echo tick; sleep 0.02; done`);
    await daemon.run(operation('start', web));
    const service = await pid();
    await daemon.killHard();
    const log = join(stateDir, 'kept/web.log');
    const size = readFileSync(log).length;
    await until('the log grows', () => readFileSync(log).length > size);
    expect(readProcess(service)).not.toBeNull();
    daemon = newDaemon();
  });

  it('is adopted by the next daemon where it runs, and stopped by it', async () => {
    await daemon.run(operation('start', keep(FOREVER)));
    const service = await pid();
    await daemon.killHard();
    daemon = newDaemon();
    expect(await daemon.run(operation('probe', web))).toEqual({ kind: 'running' });
    expect(await daemon.run(operation('start', web))).toEqual({ kind: 'done' });
    expect(await pid()).toBe(service);
    expect(await daemon.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(readProcess(service)).toBeNull();
  });

  it('that was adopted and ends is noticed, without any operation', async () => {
    await daemon.run(operation('start', keep(FOREVER)));
    const service = await pid();
    await daemon.killHard();
    daemon = newDaemon();
    await daemon.run(operation('probe', web));
    process.kill(service, 'SIGKILL');
    await until('a nudge', () => daemon.nudges.length > 0);
    expect(daemon.nudges).toEqual(['web']);
    // Noticed so soon, the child that it waited for may be there still.
    const reason = expect.stringMatching(/^it ended(; process \d+ of it lives on)?$/);
    expect(await daemon.run(operation('monitor', web))).toMatchObject({ kind: 'failed', reason });
  });

  it('that ended while no daemon was there is found stopped', async () => {
    await daemon.run(operation('start', keep(FOREVER)));
    const service = await pid();
    await daemon.killHard();
    process.kill(service, 'SIGKILL');
    // With the child that it waited for, which would be found as what is left of it.
    await until('it is gone', async () => (await listProcesses(({ group }) => group === service)).length === 0);
    daemon = newDaemon();
    expect(await daemon.run(operation('probe', web))).toEqual({ kind: 'stopped' });
  });

  it('whose main process ended while no daemon was there leaves children that are still known', async () => {
    keep(`env -i bash -c 'echo $$ > ${folder.path}/child; ${FOREVER}' & ${FOREVER}`);
    await daemon.run(operation('start', web));
    const [service, child] = [await pid(), await pid('child')];
    await daemon.run(operation('monitor', web));
    await until('the child is written down', async () => {
      await daemon.run(operation('monitor', web));
      return readRecord().members.some((member) => member.pid === child);
    });
    await daemon.killHard();
    process.kill(service, 'SIGKILL');
    daemon = newDaemon();
    const outcome = await daemon.run(operation('probe', web));
    expect('reason' in outcome && outcome.reason).toMatch(/^its main process is gone and .* of it lives? on$/);
    expect(await daemon.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(readProcess(child)).toBeNull();
  });

  it('is found by its mark when the daemon died between the intention and the record', async () => {
    await daemon.run(operation('start', keep(FOREVER)));
    const service = await pid();
    await daemon.killHard();
    writeRecord({ ...readRecord(), leader: null, members: [] });
    daemon = newDaemon();
    expect(await daemon.run(operation('probe', web))).toEqual({ kind: 'running' });
    expect(readRecord().leader?.pid).toBe(service);
  });

  it('is found by the mark of its children when it has none itself and was not written down', async () => {
    const child = `bash -c 'echo $$ > ${folder.path}/child; ${FOREVER}'`;
    keep(`${child} & until [ -s ${folder.path}/child ]; do :; done; exec env -i bash -c '${FOREVER}'`);
    await daemon.run(operation('start', web));
    const [service, marked] = [await pid(), await pid('child')];
    await until('its mark is gone', () => readVariable(service, KEPT_MARK) === null);
    await daemon.killHard();
    writeRecord({ ...readRecord(), leader: null, members: [] });
    daemon = newDaemon();
    expect(await daemon.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect([readProcess(service), readProcess(marked)]).toEqual([null, null]);
  });

  it('whose record cannot be read is unknown, and no daemon is kept from starting by that', async () => {
    await daemon.end();
    symlinkSync('db.json', join(stateDir, 'kept/db.json'));
    keep(FOREVER);
    daemon = newDaemon();
    const db = resource('script', { run: ['/bin/true'] }, 'db');
    expect(await daemon.run(operation('probe', db))).toMatchObject({ kind: 'unknown' });
    expect(await daemon.run(operation('start', web))).toEqual({ kind: 'done' });
    expect(await daemon.run(operation('probe', web))).toEqual({ kind: 'running' });
    expect(daemon.log.join()).not.toContain('could not be kept');
    rmSync(join(stateDir, 'kept/db.json'));
  });

  it('is found with what left its session by a daemon that has the run directory under another name', async () => {
    const real = stateDir;
    await daemon.end();
    stateDir = join(folder.path, 'link');
    symlinkSync('run', stateDir);
    daemon = newDaemon();
    const child = `setsid bash -c 'echo $$ > ${folder.path}/child; ${FOREVER}'`;
    keep(`until [ -e ${folder.path}/go ]; do sleep 0.02; done; ${child} & ${FOREVER}`);
    await daemon.run(operation('start', web));
    await daemon.killHard();
    // Seen by no daemon, and proved by nothing but its mark.
    writeFileSync(join(folder.path, 'go'), '');
    const [service, left] = [await pid(), await pid('child')];
    stateDir = real;
    daemon = newDaemon();
    expect(await daemon.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect([readProcess(service), readProcess(left)]).toEqual([null, null]);
  });

  it('S1 of which only the intention is written down, and that bears no mark, is not proved to be gone', async () => {
    keep(`exec env -i bash -c '${FOREVER}'`);
    await daemon.run(operation('start', web));
    const service = await pid();
    await until('its mark is gone', () => readVariable(service, KEPT_MARK) === null);
    await daemon.killHard();
    writeRecord({ ...readRecord(), leader: null, members: [] });
    daemon = newDaemon();
    const unknown = { kind: 'unknown', reason: expect.stringContaining('then remove kept/web.json from') };
    try {
      for (const action of ['probe', 'monitor', 'start', 'stop', 'kill'] as const) {
        expect(await daemon.run(operation(action, web))).toEqual(unknown);
      }
      expect(readProcess(service)).not.toBeNull();
    } finally {
      process.kill(-service, 'SIGKILL');
    }
    rmSync(recordPath());
    expect(await daemon.run(operation('probe', web))).toEqual({ kind: 'stopped' });
  });

  it.each([
    ['is lost', () => rmSync(recordPath())],
    ['is damaged', () => writeFileSync(recordPath(), '{"resource":')],
  ])('is found by its mark when the record %s', async (_how, spoil) => {
    await daemon.run(operation('start', keep(FOREVER)));
    const service = await pid();
    await daemon.killHard();
    spoil();
    daemon = newDaemon();
    expect(await daemon.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(readProcess(service)).toBeNull();
  });

  it('of another node of the same machine is not taken for ours', async () => {
    await daemon.run(operation('start', keep(FOREVER)));
    const other = new RunnerProcess(program, { node: 'lb2', stateDir: join(folder.path, 'other') });
    expect(await other.run(operation('probe', web))).toEqual({ kind: 'stopped' });
    expect(await other.run(operation('stop', web))).toEqual({ kind: 'done' });
    await other.end();
    expect(readProcess(await pid())).not.toBeNull();
  });
});

describeWith('a kept process on a run directory that is full', { namespaces: ['--mount'] }, () => {
  const PAGE_BYTES = 4096;
  const PAGES = 3;

  /** Keeps processes on a tmpfs with so many free pages. Shape: `free` makes room again. */
  async function onTmpfs(
    pages: number,
    use: (kept: KeptProcesses, free: () => void, recordPath: string) => Promise<void>,
  ): Promise<void> {
    const tmpfs = await SmallTmpfs.mount({ kind: 'tmpfs', sizeBytes: PAGES * PAGE_BYTES });
    const filler = join(tmpfs.path, 'filler');
    writeFileSync(filler, Buffer.alloc((PAGES - pages) * PAGE_BYTES));
    const kept = new KeptProcesses({
      node: 'lb1',
      folder: tmpfs.path,
      log: rememberingLog(),
      onEnded: () => undefined,
    });
    try {
      await use(kept, () => rmSync(filler), join(tmpfs.path, 'web.json'));
    } finally {
      await kept.end('web', END);
      kept.close();
      await tmpfs.unmount();
    }
  }

  const END = { signal: 'SIGKILL', killAfterMs: 0, leftMs: () => 1000, cancel: new AbortController().signal } as const;
  const command = (): KeptCommand => {
    const script = writeScript(join(folder.path, 'service'), `#!/bin/bash\nexec env -i sleep 60\n`);
    return { argv: [script], environment: { PATH: process.env.PATH ?? '' }, directory: '/' };
  };
  const children = () =>
    listProcesses(({ pid: child, parent, session }) => parent === process.pid && session === child);

  it.each([
    ['nothing', 0],
    ['the intention and not what came of it', 1],
  ])('S1 that takes %s down is not started, which is said, and nothing of it is left', async (_what, pages) => {
    await onTmpfs(pages, async (kept, free, path) => {
      expect(await kept.start('web', command())).toEqual({
        code: 'ENOSPC',
        message: expect.stringMatching(/^it cannot be written down in the run directory: ENOSPC: no space left/),
      });
      expect(await children()).toEqual([]);
      expect(existsSync(path)).toBe(false);
      expect(await kept.look('web')).toEqual({ kind: 'absent', ended: null });
      free();
      expect(await kept.start('web', command())).toBeNull();
      expect(await kept.look('web')).toMatchObject({ kind: 'running' });
    });
  });
});

describe('S7 a record that says another process is ours', () => {
  /** A stranger with a process group of its own, as a reused pid would be. */
  async function stranger(
    use: (identity: { readonly pid: number; readonly startTicks: number }) => Promise<void>,
  ): Promise<void> {
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    try {
      const row = await until('the stranger lives', () => readProcess(child.pid ?? 0));
      await use(row);
    } finally {
      child.kill('SIGKILL');
    }
  }

  it('never gets a process signalled that began at another time', async () => {
    keep(FOREVER);
    await stranger(async ({ pid: strange, startTicks }) => {
      const leader = { pid: strange, startTicks: startTicks - 1 };
      writeRecord({ resource: 'web', bootId: readBootId(), command: '', leader, members: [leader] });
      expect(await daemon.run(operation('probe', web))).toEqual({ kind: 'stopped' });
      expect(await daemon.run(operation('stop', web))).toEqual({ kind: 'done' });
      expect(await daemon.run(operation('kill', web))).toEqual({ kind: 'done' });
      expect(readProcess(strange)).not.toBeNull();
    });
  });

  it('is remembered when the run folder is removed, for a program that renames itself has no mark', async () => {
    keep(`exec perl -e '$0 = "renamed " . ("x" x 20000); sleep 60'`);
    await daemon.run(operation('start', web));
    const service = await pid();
    await until('it has another name', () => readFileSync(`/proc/${service}/cmdline`, 'latin1').startsWith('renamed'));
    rmSync(stateDir, { recursive: true });
    expect(await daemon.run(operation('probe', web))).toEqual({ kind: 'running' });
    expect(await daemon.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(readProcess(service)).toBeNull();
  });

  it('means nothing after another boot', async () => {
    keep(FOREVER);
    await stranger(async ({ pid: strange, startTicks }) => {
      const leader = { pid: strange, startTicks };
      writeRecord({ resource: 'web', bootId: 'another', command: '', leader, members: [leader] });
      expect(await daemon.run(operation('probe', web))).toEqual({ kind: 'stopped' });
      expect(await daemon.run(operation('stop', web))).toEqual({ kind: 'done' });
      expect(readProcess(strange)).not.toBeNull();
    });
  });

  it('leaves it unknown whether processes in a group of that number are ours, when nothing proves it', async () => {
    keep(FOREVER);
    // The leader of this group ends and leaves a child that bears no mark.
    const leader = spawn('bash', ['-c', `sleep 60 & echo $! > ${folder.path}/orphan`], {
      detached: true,
      stdio: 'ignore',
    });
    const orphan = await pid('orphan');
    await until('the leader is gone', () => leader.exitCode !== null);
    const gone = { pid: leader.pid ?? 0, startTicks: 1 };
    writeRecord({ resource: 'web', bootId: readBootId(), command: '', leader: gone, members: [] });
    try {
      expect(await daemon.run(operation('probe', web))).toMatchObject({ kind: 'unknown' });
      expect(await daemon.run(operation('stop', web))).toMatchObject({ kind: 'unknown' });
      expect(readProcess(orphan)).not.toBeNull();
    } finally {
      process.kill(orphan, 'SIGKILL');
    }
  });
});

describeWith('S7 of a start that a killed daemon only intended', { namespaces: ['--pid', '--mount'] }, () => {
  const ALONE = ['unshare', '--pid', '--fork', '--mount-proc'];

  /** The next daemon, where it sees itself and what `enter` starts beside it. Shape: `caller` is who intended the start. */
  async function nextDaemon(enter: readonly string[], caller: ProcessIdentity): Promise<RunnerProcess> {
    await daemon.end();
    keep(FOREVER);
    const intention = { caller, sinceTicks: nowTicks() };
    writeRecord({ resource: 'web', bootId: readBootId(), command: '', leader: null, members: [], intention });
    daemon = new RunnerProcess(program, { node: 'lb1', stateDir }, [...ALONE, ...enter]);
    return daemon;
  }

  const GONE = { pid: 4_000_000, startTicks: 1 };

  it('it is known that it never began where nothing lives that is younger', async () => {
    const next = await nextDaemon([], GONE);
    expect(await next.run(operation('probe', web))).toEqual({ kind: 'stopped' });
    expect(existsSync(recordPath())).toBe(false);
    expect(await next.run(operation('start', web))).toEqual({ kind: 'done' });
    expect(await next.run(operation('stop', web))).toEqual({ kind: 'done' });
  });

  it('a stop proves that as well', async () => {
    expect(await (await nextDaemon([], GONE)).run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(existsSync(recordPath())).toBe(false);
  });

  it('it is not known while something younger lives, which may have written over its mark', async () => {
    const next = await nextDaemon(['sh', '-c', '"$@"; true', 'sh'], GONE);
    expect(await next.run(operation('probe', web))).toMatchObject({ kind: 'unknown' });
    expect(await next.run(operation('stop', web))).toMatchObject({ kind: 'unknown' });
    expect(existsSync(recordPath())).toBe(true);
  });

  it('it is not known while who intended it lives', async () => {
    const isCaller = `sleep 60 & set -- $! $(cut -d ' ' -f 22 /proc/$!/stat) "$@"; sed -i "s/4000000/$1/; s/:1}/:$2}/" ${recordPath()}; shift 2; exec "$@"`;
    const next = await nextDaemon(['sh', '-c', isCaller, 'sh'], GONE);
    expect(await next.run(operation('probe', web))).toMatchObject({ kind: 'unknown' });
    expect(readRecord().intention?.caller.pid).toBe(2);
  });
});
