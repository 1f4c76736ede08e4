import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallRecords } from '../../src/agents/call-records.js';
import type { ProcessRow } from '../../src/agents/process-table.js';
import { isAlive, listProcesses, readBootId, readProcess, sendSignal } from '../../src/agents/process-table.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';
import { until } from './harness/until.js';

let program: string;
beforeAll(async () => {
  program = await buildRunnerProgram();
});

let folder: ReturnType<typeof freshFolder>;
let runners: RunnerProcess[];
const started: number[] = [];
beforeEach(() => {
  folder = freshFolder();
  runners = [];
});
afterEach(async () => {
  for (const runner of runners) await runner.killHard();
  for (const pid of started.splice(0)) sendSignal(pid, 'SIGKILL');
  folder.remove();
});

/** Shape: `enter` as for {@link RunnerProcess}. */
function newRunner(enter: readonly string[] = []): RunnerProcess {
  const stateDir = join(folder.path, 'run');
  const settings = { node: 'lb1', stateDir, ocfRoot: folder.path, path: process.env.PATH ?? '' };
  const runner = new RunnerProcess(program, settings, enter);
  runners.push(runner);
  return runner;
}

const thing = resource('ocf:test:thing');
const at = (name: string): string => join(folder.path, name);

/** An agent that runs as long as its file is there, and whose start takes as long as it is told to. */
function install(start: string): void {
  writeScript(
    at('resource.d/test/thing'),
    `#!/bin/bash
case "$1" in
  start) echo $$ > ${at('start.pid')}; ${start}; touch ${at('up')};;
  stop) rm -f ${at('up')};;
  monitor) [ -e ${at('up')} ] || exit 7;;
esac
`,
  );
}

function pidIn(name: string): Promise<number> {
  return until(`${name} is written`, () => existsSync(at(name)) && Number(readFileSync(at(name), 'utf8')));
}

function groupOf(leader: number): Promise<ProcessRow[]> {
  return listProcesses(({ group }) => group === leader);
}

describe('calls that a killed daemon left under way', () => {
  it('a start is over before the next daemon looks, so that it cannot come to its end afterwards', async () => {
    install('sleep 60');
    const first = newRunner();
    void first.run(operation('start', thing)).catch(() => undefined);
    const leader = readProcess(await pidIn('start.pid'));
    await first.killHard();
    if (leader === null) throw new Error('the start was over before the daemon was killed');
    expect(isAlive(leader)).toBe(true);
    await until('it waits', async () => (await groupOf(leader.pid)).length === 2);
    const second = newRunner();
    expect(await second.run(operation('probe', thing))).toEqual({ kind: 'stopped' });
    expect(await groupOf(leader.pid)).toEqual([]);
    expect(second.log).toEqual([
      'start of web, which an earlier daemon or the guard began, was still under way and has been ended',
    ]);
    expect(existsSync(at('up'))).toBe(false);
  });

  it('what a finished start left running is a service and goes on', async () => {
    install(`setsid sleep 60 < /dev/null > /dev/null 2>&1 & echo $! > ${at('service.pid')}`);
    const first = newRunner();
    expect(await first.run(operation('start', thing))).toEqual({ kind: 'done' });
    const service = await pidIn('service.pid');
    started.push(service);
    await first.killHard();
    const second = newRunner();
    expect(await second.run(operation('probe', thing))).toEqual({ kind: 'running' });
    expect(readProcess(service)).not.toBeNull();
    expect(second.log).toEqual([]);
  });

  it('starts are ended side by side, for everything waits for that', async () => {
    mkdirSync(at('run/calls'), { recursive: true });
    for (const [self, other] of [['a', 'b'] as const, ['b', 'a'] as const]) {
      // Each waits for the other one's TERM when it has its own.
      const asked = `touch ${at('asked')}-${self}; while [ ! -e ${at('asked')}-${other} ]; do sleep 0.02; done`;
      const text = `trap '${asked}; touch ${at('met')}-${self}; exit' TERM; touch ${at('there')}-${self}; while :; do sleep 0.02; done`;
      const child = spawn('bash', ['-c', text], { detached: true, stdio: 'ignore' });
      const pid = child.pid ?? 0;
      started.push(pid);
      const leader = { pid, startTicks: readProcess(pid)?.startTicks ?? 0 };
      const record = { action: 'start', resource: self, mark: self, bootId: readBootId(), leader };
      writeFileSync(at(`run/calls/${self}.json`), JSON.stringify(record));
      await until('it is there', () => existsSync(at(`there-${self}`)));
    }
    await new CallRecords(at('run/calls')).endLeft(rememberingLog(), null, { graceMs: 5000, waitMs: 1000 });
    expect(['met-a', 'met-b'].map((name) => existsSync(at(name)))).toEqual([true, true]);
  });

  it('a program that was started but not written down yet is found by its mark', async () => {
    mkdirSync(at('run/calls'), { recursive: true });
    // Of this test alone: whoever has it on this machine is ended.
    const mark = `found-${process.pid}`;
    const child = spawn('sleep', ['60'], { env: { ...process.env, FAIRLEAD_CALL: mark }, detached: true });
    const stranger = spawn('sleep', ['60'], { env: { ...process.env, FAIRLEAD_CALL: `${mark}0` }, detached: true });
    const pids = [child.pid ?? 0, stranger.pid ?? 0] as const;
    started.push(...pids);
    const record = { action: 'start', resource: 'web', mark, bootId: readBootId(), leader: null };
    writeFileSync(at('run/calls/one.json'), JSON.stringify(record));
    install('true');
    expect(await newRunner().run(operation('probe', thing))).toEqual({ kind: 'stopped' });
    expect(readProcess(pids[0])).toBeNull();
    expect(readProcess(pids[1])).not.toBeNull();
  });

  it('a record of another boot, of a stranger with the same pid, or half written ends nothing', async () => {
    mkdirSync(at('run/calls'), { recursive: true });
    const child = spawn('sleep', ['60'], { detached: true });
    const pid = child.pid ?? 0;
    started.push(pid);
    const ticks = readProcess(pid)?.startTicks ?? 0;
    const write = (name: string, record: object): void =>
      writeFileSync(
        at(`run/calls/${name}.json`),
        JSON.stringify({ action: 'start', resource: 'web', mark: name, ...record }),
      );
    write('other-boot', { bootId: 'another', leader: { pid, startTicks: ticks } });
    write('stranger', { bootId: readBootId(), leader: { pid, startTicks: ticks + 1 } });
    writeFileSync(at('run/calls/half.json'), '{"action":"st');
    install('true');
    const runner = newRunner();
    expect(await runner.run(operation('probe', thing))).toEqual({ kind: 'stopped' });
    expect(readProcess(pid)).not.toBeNull();
    expect(runner.log).toEqual([]);
    expect(readdirSync(at('run/calls'))).toEqual([]);
  });

  it('a record that cannot be read is not thrown away, since what it names may be under way', async () => {
    mkdirSync(at('run/calls'), { recursive: true });
    symlinkSync(at('run/calls/loop.json'), at('run/calls/loop.json'));
    install('true');
    const runner = newRunner();
    const probe = await runner.run(operation('probe', thing));
    expect(runner.log.join()).toContain('loop.json) cannot be ended');
    expect(readdirSync(at('run/calls'))).toEqual(['loop.json']);
    expect(probe).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/calls\/loop.json\) cannot be looked at/),
    });
    rmSync(at('run/calls/loop.json'));
    const record = { action: 'start', resource: 'web', mark: 'loop', bootId: 'another', leader: null };
    writeFileSync(at('run/calls/loop.json'), JSON.stringify(record));
    expect(await runner.run(operation('probe', thing))).toEqual({ kind: 'stopped' });
    expect(readdirSync(at('run/calls'))).toEqual([]);
  });

  it('a folder that is gone has none, and one that cannot be looked at may have some', async () => {
    const calls = new CallRecords(at('calls'));
    rmSync(at('calls'), { recursive: true });
    await calls.endLeft(rememberingLog(), () => true);
    symlinkSync('calls', at('calls'));
    await expect(calls.endLeft(rememberingLog(), () => true)).rejects.toThrow('ELOOP');
  });

  it('a folder that cannot be looked at ends no daemon; what it has is ended before anything counts as stopped', async () => {
    mkdirSync(at('run/calls'), { recursive: true });
    install('true');
    const child = spawn('sleep', ['60'], { detached: true });
    const pid = child.pid ?? 0;
    started.push(pid);
    const leader = { pid, startTicks: readProcess(pid)?.startTicks ?? 0 };
    const record = { action: 'start', resource: 'web', mark: 'left', bootId: readBootId(), leader };
    writeFileSync(at('run/calls/left.json'), JSON.stringify(record));
    writeFileSync(at('up'), '');
    chmodSync(at('run/calls'), 0o300);
    // Who may read what is forbidden to all would see it.
    const enter = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : [];
    const runner = newRunner(enter);
    const why = expect.stringMatching(/cannot be looked for: EACCES/);
    expect(await runner.run(operation('start', thing))).toMatchObject({ kind: 'unknown', reason: why });
    expect(await runner.run(operation('stop', thing))).toMatchObject({ kind: 'unknown', reason: why });
    expect(existsSync(at('up'))).toBe(false);
    expect(readProcess(pid)).not.toBeNull();
    chmodSync(at('run/calls'), 0o700);
    expect(await runner.run(operation('probe', thing))).toEqual({ kind: 'stopped' });
    expect(readProcess(pid)).toBeNull();
  });

  it('what would not go stays written down as it was where that cannot be written anew', async () => {
    const calls = new CallRecords(at('calls'));
    const note = calls.noteFor(operation('start', thing));
    const mark = note?.environment.FAIRLEAD_CALL;
    const child = spawn('sleep', ['60'], { detached: true });
    const pid = child.pid ?? 0;
    started.push(pid);
    mkdirSync(at(`calls/${mark}-${pid}.json.new`));
    note?.begins();
    note?.started(pid);
    note?.ended([pid]);
    expect(readdirSync(at('calls')).sort()).toEqual([`${mark}-${pid}.json.new`, `${mark}.json`]);
    expect(readFileSync(at(`calls/${mark}.json`), 'utf8')).toContain(`"pid":${pid}`);
    expect(await calls.whyNotOver({ action: 'stop', resource: 'db' })).toBeNull();
    expect(readProcess(pid)).not.toBeNull();
    expect(await calls.whyNotOver({ action: 'stop', resource: 'web' })).toBeNull();
    expect(readProcess(pid)).toBeNull();
  });

  it('a stop of a guard goes on while that lives, and is over with it', async () => {
    mkdirSync(at('run/calls'), { recursive: true });
    install('true');
    writeFileSync(at('up'), '');
    const guard = { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? 0 };
    const gone = { ...guard, startTicks: guard.startTicks + 1 };
    const programs = [guard, gone].map((caller) => {
      const child = spawn('sleep', ['60'], { detached: true });
      const pid = child.pid ?? 0;
      started.push(pid);
      const leader = { pid, startTicks: readProcess(pid)?.startTicks ?? 0 };
      const record = { action: 'stop', resource: 'web', mark: `${pid}`, bootId: readBootId(), caller, leader };
      writeFileSync(at(`run/calls/${pid}.json`), JSON.stringify(record));
      return pid;
    });
    expect(await newRunner().run(operation('probe', thing))).toEqual({ kind: 'running' });
    expect(programs.map((pid) => readProcess(pid) !== null)).toEqual([true, false]);
  });

  it('a start ends what a guard still does to its resource, and leaves all others alone', async () => {
    install('true');
    const runner = newRunner();
    expect((await runner.run(operation('probe', thing))).kind).toBe('stopped');
    const programs = ['web', 'db'].map((resource) => {
      const child = spawn('sleep', ['60'], { detached: true });
      const pid = child.pid ?? 0;
      started.push(pid);
      const leader = { pid, startTicks: readProcess(pid)?.startTicks ?? 0 };
      const record = { action: 'stop', resource, mark: resource, bootId: readBootId(), leader };
      writeFileSync(at(`run/calls/${resource}.json`), JSON.stringify(record));
      return pid;
    });
    writeFileSync(at('run/calls/written-just-now.json'), '{"action":"st');
    expect(await runner.run(operation('start', thing))).toEqual({ kind: 'done' });
    expect(programs.map((pid) => readProcess(pid) !== null)).toEqual([false, true]);
    expect(readdirSync(at('run/calls')).sort()).toEqual(['db.json', 'written-just-now.json']);
    expect(runner.log).toHaveLength(1);
  });

  it('a stop that a guard is just beginning is waited for, and ended', async () => {
    const calls = new CallRecords(at('calls'));
    const guard = { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? 0 };
    const write = (leader: object | null): void =>
      writeFileSync(
        at('calls/guards.json'),
        JSON.stringify({
          action: 'stop',
          resource: 'web',
          mark: 'guards',
          bootId: readBootId(),
          caller: guard,
          leader,
        }),
      );
    write(null);
    const end = calls.endLeft(rememberingLog(), () => true);
    const child = spawn('sleep', ['60'], { detached: true });
    const pid = child.pid ?? 0;
    started.push(pid);
    write({ pid, startTicks: readProcess(pid)?.startTicks ?? 0 });
    await end;
    expect(readProcess(pid)).toBeNull();
    expect(existsSync(at('calls/guards.json'))).toBe(false);
  });

  it('leaves no record behind when a call ends by itself, is cancelled or only looks', async () => {
    install('sleep 60');
    const runner = newRunner();
    const start = operation('start', thing);
    const outcome = runner.run(start);
    await pidIn('start.pid');
    await until('it is written down', () => readdirSync(at('run/calls')).length === 1);
    await runner.cancel(start.id);
    expect((await outcome).kind).toBe('unknown');
    expect(readdirSync(at('run/calls'))).toEqual([]);
    expect((await runner.run(operation('stop', thing))).kind).toBe('done');
    expect((await runner.run(operation('monitor', thing))).kind).toBe('stopped');
    expect(readdirSync(at('run/calls'))).toEqual([]);
  });
});
