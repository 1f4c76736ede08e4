/** What is left of calls when their leader is gone, and what cannot be ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listProcesses, readBootId, readProcess, sendSignal } from '../../src/agents/process-table.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, resource } from './harness/operation.js';
import { describeWith } from './harness/requirements.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';
import { folderOfNobody, SETPRIV } from './harness/unkillable.js';
import { until } from './harness/until.js';

let program: string;
beforeAll(async () => {
  program = await buildRunnerProgram();
});

let folder: ReturnType<typeof freshFolder>;
const runners: RunnerProcess[] = [];
const started: number[] = [];
beforeEach(() => {
  folder = freshFolder();
});
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.killHard();
  for (const pid of started.splice(0)) sendSignal(pid, 'SIGKILL');
  folder.remove();
});

const thing = resource('ocf:test:thing');
const at = (name: string): string => join(folder.path, name);

function newRunner(): RunnerProcess {
  const places = { stateDir: at('run'), ocfRoot: folder.path, path: process.env.PATH ?? '' };
  return kept(new RunnerProcess(program, { node: 'lb1', ...places }));
}

function kept(runner: RunnerProcess): RunnerProcess {
  runners.push(runner);
  return runner;
}

/** An agent that runs as long as its file is there. */
function install({ start = 'true', stop = 'true' }: { readonly start?: string; readonly stop?: string } = {}): void {
  writeScript(
    at('resource.d/test/thing'),
    `#!/bin/bash
cd ${folder.path}
echo $1 >> asked
case "$1" in
  start) ${start}; touch up;;
  stop) ${stop}; rm -f up;;
  monitor) [ -e up ] || exit 7;;
esac
`,
  );
}

/** Whether a record is about a start; that of `ip monitor` is about none. */
function isOfStart(name: string): boolean {
  return readFileSync(at(name), 'utf8').includes('"action":"start"');
}

function pidIn(name: string): Promise<number> {
  return until(`${name} is written`, () => existsSync(at(name)) && Number(readFileSync(at(name), 'utf8')));
}

/** Of this test alone: where nothing else is known of a call, whoever has its mark on this machine is ended. */
const MARK = `left-${process.pid}`;

/** A process whose group and session have lost their leader, and a record of a call that this leader led. */
async function leaderless(call: { readonly action: string; readonly mark: string }, runDir = 'run'): Promise<number> {
  const text = `sleep 60 & echo $! > ${at('member')}; read`;
  const environment = { ...process.env, FAIRLEAD_CALL: MARK };
  const child = spawn('bash', ['-c', text], { detached: true, env: environment, stdio: ['pipe', 'ignore', 'ignore'] });
  const member = await pidIn('member');
  started.push(member);
  const row = await until('its leader', () => readProcess(child.pid ?? 0));
  // Not even its zombie is left then.
  const isReaped = once(child, 'exit');
  child.stdin?.end();
  await isReaped;
  mkdirSync(at(`${runDir}/calls`), { recursive: true });
  const leader = { pid: row.pid, startTicks: row.startTicks };
  const record = { ...call, resource: 'web', bootId: readBootId(), leader };
  writeFileSync(at(`${runDir}/calls/${call.mark}.json`), JSON.stringify(record));
  return member;
}

describe('a start that lost its leader with its daemon', () => {
  it('is not over while a helper of it lives, which is ended before the next daemon looks', async () => {
    // It tells of its progress, so it dies of the pipe that is closed with the daemon; its helper goes on and would start the service.
    install({
      start: `(trap '' PIPE; sleep 2; setsid touch up) >/dev/null 2>&1 & echo $! > helper; echo $$ > leader
        while :; do echo waiting >&2; sleep 0.05; done`,
    });
    const first = newRunner();
    void first.run(operation('start', thing)).catch(() => undefined);
    const [leader, helper] = [await pidIn('leader'), await pidIn('helper')];
    const isRecorded = (name: string): boolean =>
      readFileSync(at(`run/calls/${name}`), 'utf8').includes(`"pid":${leader},`);
    await until('it is written down', () => readdirSync(at('run/calls')).some(isRecorded));
    await first.killHard();
    await until('its script is gone', () => readProcess(leader) === null);
    expect(readProcess(helper)).not.toBeNull();

    const second = newRunner();
    expect(await second.run(operation('probe', thing))).toEqual({ kind: 'stopped' });
    expect(await listProcesses(({ session }) => session === leader)).toEqual([]);
    expect(existsSync(at('up'))).toBe(false);
    expect(second.log).toEqual([
      'start of web, which an earlier daemon or the guard began, was still under way and has been ended',
    ]);
  });

  it('is told from a stranger by the mark of the call', async () => {
    install();
    const member = await leaderless({ action: 'start', mark: MARK });
    expect(await newRunner().run(operation('probe', thing))).toEqual({ kind: 'stopped' });
    expect(readProcess(member)).toBeNull();
    expect(readdirSync(at('run/calls'))).toEqual([]);
  });

  it('leaves alone what may be a stranger, and nothing is stopped while that is there', async () => {
    install();
    const member = await leaderless({ action: 'start', mark: 'another' });
    const runner = newRunner();
    const why = `process ${member} may be what is left of its start and cannot be told apart from another; look and end it by hand`;
    const reason = `it did not run when it was looked at, but ${why}`;
    expect(await runner.run(operation('probe', thing))).toEqual({ kind: 'unknown', reason });
    expect(await runner.run(operation('stop', thing))).toEqual({ kind: 'unknown', reason });
    expect(await runner.run(operation('start', thing))).toEqual({ kind: 'unknown', reason: why });
    expect(await runner.run(operation('probe', resource('ocf:test:thing', {}, 'db')))).toEqual({ kind: 'stopped' });
    expect(runner.log).toEqual([
      `start of web, which an earlier daemon or the guard began, is still under way and could not be ended: ${why}`,
    ]);
    expect(readProcess(member)).not.toBeNull();
    expect(readdirSync(at('run/calls'))).toEqual(['another.json']);

    sendSignal(member, 'SIGKILL');
    await until('it is gone', () => readProcess(member) === null);
    expect(await runner.run(operation('stop', thing))).toEqual({ kind: 'done' });
    expect(readdirSync(at('run/calls'))).toEqual([]);
  });

  it('a stop that ends what is left is proved once that is gone, by being done again', async () => {
    install({ stop: '[ -e member ] && kill -9 $(cat member) && rm member && touch up && sleep 0.2' });
    await leaderless({ action: 'start', mark: 'another' });
    expect(await newRunner().run(operation('stop', thing))).toEqual({ kind: 'done' });
    expect(readFileSync(at('asked'), 'utf8').trim().split('\n')).toEqual(['stop', 'monitor', 'stop', 'monitor']);
  });

  it('what is left of a stop keeps nothing from counting as stopped, and is in the way of a start only', async () => {
    install();
    await leaderless({ action: 'stop', mark: 'another' });
    const runner = newRunner();
    expect(await runner.run(operation('probe', thing))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', thing))).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('what is left of its stop'),
    });
  });
});

describeWith('a process of a start that cannot be killed', { files: [SETPRIV], namespaces: ['--mount'] }, () => {
  it('keeps its resource from counting as stopped, for this daemon and the next, until it is gone', async () => {
    const { unkillable, newRunner: newRunnerOfNobody } = await folderOfNobody(folder.path);
    install({ start: `${unkillable} bash -c 'echo $$ > ${at('pid')}; exec sleep 60'` });
    const first = kept(newRunnerOfNobody());
    const start = await first.run(operation('start', thing, { timeoutMs: 1000 }));
    const pid = await pidIn('pid');
    started.push(pid);
    expect(start).toMatchObject({
      kind: 'timeout',
      reason: expect.stringContaining(`process ${pid} cannot be killed`),
    });
    const why = `process ${pid} of its start cannot be killed`;
    const unknown = { kind: 'unknown', reason: `it did not run when it was looked at, but ${why}` };
    for (const action of ['stop', 'kill', 'probe', 'monitor'] as const) {
      expect(await first.run(operation(action, thing))).toEqual(unknown);
    }
    await first.killHard();

    const second = kept(newRunnerOfNobody());
    expect(await second.run(operation('probe', thing))).toEqual(unknown);
    expect(second.log).toEqual([
      `start of web, which an earlier daemon or the guard began, is still under way and could not be ended: ${why}`,
    ]);
    expect(await second.run(operation('start', thing))).toEqual({ kind: 'unknown', reason: why });

    sendSignal(pid, 'SIGKILL');
    await until('it is gone', () => readProcess(pid) === null);
    expect(await second.run(operation('stop', thing))).toEqual({ kind: 'done' });
    expect(readdirSync(at('of-nobody/calls'))).toEqual([]);
  });

  it('that would add an address is waited for as well, though its start was cancelled', async () => {
    const { unkillable, newRunner: newRunnerOfNobody } = await folderOfNobody(folder.path);
    const listed = (...addresses: string[]): string =>
      JSON.stringify([
        {
          ifname: 'eth0',
          flags: ['UP', 'LOWER_UP'],
          operstate: 'UP',
          addr_info: addresses.map((local) => ({ family: 'inet', local, prefixlen: 24, scope: 'global' })),
        },
      ]);
    writeScript(
      at('bin/ip'),
      `#!/bin/bash
cd ${folder.path}
case "$*" in
  *"address add"*) exec ${unkillable} bash -c 'echo $$ > pid; while [ ! -e go ]; do sleep 0.02; done; touch up';;
  *"address del"*) rm -f up;;
  *monitor*) exec sleep 60;;
  *) [ -e up ] && echo '${listed('10.7.0.1', '10.7.0.50')}' || echo '${listed('10.7.0.1')}';;
esac
`,
    );
    const runner = kept(newRunnerOfNobody(`${at('bin')}:${process.env.PATH}`));
    const vip = resource('builtin:vip', { address: '10.7.0.50/24', duplicateCheck: 'false' });
    const start = operation('start', vip);
    const ended = runner.run(start);
    const pid = await pidIn('pid');
    started.push(pid);
    await runner.cancel(start.id);
    expect(await runner.run(operation('stop', vip))).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('of its start cannot be killed'),
    });
    expect(await ended).toMatchObject({ reason: 'the operation was cancelled' });

    writeFileSync(at('go'), '');
    await until('it is gone', () => readProcess(pid) === null);
    expect(existsSync(at('up'))).toBe(true);
    expect(await runner.run(operation('stop', vip))).toEqual({ kind: 'done' });
    expect(existsSync(at('up'))).toBe(false);
    expect(readdirSync(at('of-nobody/calls')).filter((name) => isOfStart(`of-nobody/calls/${name}`))).toEqual([]);
  });

  it('is told to have been ended by nobody when its leader lives', async () => {
    const { newRunner: newRunnerOfNobody } = await folderOfNobody(folder.path);
    install();
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const row = await until('it runs', () => readProcess(child.pid ?? 0));
    started.push(row.pid);
    mkdirSync(at('of-nobody/calls'));
    chmodSync(at('of-nobody/calls'), 0o777);
    const leader = { pid: row.pid, startTicks: row.startTicks };
    const record = { action: 'start', resource: 'web', mark: 'x', bootId: readBootId(), leader };
    writeFileSync(at('of-nobody/calls/x.json'), JSON.stringify(record));
    const runner = kept(newRunnerOfNobody());
    expect((await runner.run(operation('stop', thing))).kind).toBe('unknown');
    expect(runner.log.join()).toContain(`could not be ended: process ${row.pid} of its start cannot be killed`);
    expect(readdirSync(at('of-nobody/calls'))).toEqual(['x.json']);
  });
});
