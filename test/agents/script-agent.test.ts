import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { readProcess } from '../../src/agents/process-table.js';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { until } from './harness/until.js';

let folder: ReturnType<typeof freshFolder>;
let runner: AgentRunner;
let nudges: string[];
let started: ResourceSpec[];
beforeEach(() => {
  folder = freshFolder();
  started = [];
  runner = newRunner();
});
afterEach(async () => {
  for (const of of started) {
    await runner.run(operation('kill', of));
  }
  runner.close();
  folder.remove();
});

function newRunner(): AgentRunner {
  nudges = [];
  const made = createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log: rememberingLog() });
  made.onNudge((id) => nudges.push(id));
  return made;
}

/** A kept process that runs the given shell text; its own pid is in `pid`. */
function keep(text: string, params: ResourceSpec['params'] = {}): ResourceSpec {
  const script = writeScript(join(folder.path, 'service'), `#!/bin/bash\necho $$ > ${folder.path}/pid\n${text}\n`);
  const of = resource('script', { run: [script], ...params });
  started.push(of);
  return of;
}

const FOREVER = 'while :; do sleep 0.05; done';

function read(name: string): string {
  const path = join(folder.path, name);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

function pid(name = 'pid'): Promise<number> {
  return until(`${name} is written`, () => Number(read(name)));
}

describe('a kept process', () => {
  it('S7 may run while its record cannot be read', async () => {
    const web = resource('script', { run: ['/bin/true'] });
    const record = join(folder.path, 'run/kept/web.json');
    symlinkSync(record, record);
    expect((await runner.run(operation('probe', web))).kind).toBe('unknown');
    rmSync(record);
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'stopped' });
  });

  it('is started, seen running, and gone after its stop', async () => {
    const web = keep(FOREVER);
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', web))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'running' });
    expect(await runner.run(operation('monitor', web))).toEqual({ kind: 'running' });
    const service = await pid();
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(readProcess(service)).toBeNull();
    expect(await runner.run(operation('monitor', web))).toEqual({ kind: 'stopped' });
    expect(nudges).toEqual([]);
  });

  it('leads a session of its own, reads nothing, and writes to its log and no pipe', async () => {
    const web = keep(`echo hello; echo trouble >&2; ls -l /proc/$$/fd > ${folder.path}/fds; cat; ${FOREVER}`);
    await runner.run(operation('start', web));
    const service = await pid();
    await until('the files are listed', () => read('fds').split('\n').length > 3);
    const log = join(folder.path, 'run/kept/web.log');
    expect(readProcess(service)).toMatchObject({ group: service, session: service });
    expect(read('fds')).toMatch(/0 -> \/dev\/null/);
    expect(read('fds')).toContain(`1 -> ${log}`);
    expect(read('fds')).toContain(`2 -> ${log}`);
    expect(readFileSync(log, 'utf8')).toBe('hello\ntrouble\n');
  });

  it('knows for whom it runs, gets the variables of its own and nothing of ours', async () => {
    const web = keep(`env > ${folder.path}/env; ${FOREVER}`, { environment: ['COLOUR=blue', 'EMPTY='] });
    await runner.run(operation('start', web, { epoch: 42 }));
    const lines = await until(
      'the environment is written',
      () => read('env').includes('COLOUR') && read('env').split('\n'),
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        'COLOUR=blue',
        'EMPTY=',
        'FAIRLEAD_NODE=lb1',
        'FAIRLEAD_RESOURCE=web',
        'FAIRLEAD_EPOCH=42',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('VITEST'))).toEqual([]);
  });

  it('that cannot be run at all is a matter of the node', async () => {
    const web = resource('script', { run: ['/nowhere/server'] });
    const outcome = await runner.run(operation('start', web));
    expect(outcome).toMatchObject({ kind: 'failed', class: 'node' });
    expect('reason' in outcome && outcome.reason).toContain('"/nowhere/server" cannot be run');
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'stopped' });
  });

  it('that ends at once has not started, and its last words say why', async () => {
    const web = keep('echo no port for me >&2; exit 3', { startAfter: '20s' });
    expect(await runner.run(operation('start', web))).toEqual({
      kind: 'failed',
      class: 'soft',
      code: null,
      reason: 'it ended with exit code 3: no port for me (what "run" starts must stay in the foreground)',
    });
  });

  it('that ends at once and leaves unmarked children leaves nothing behind', async () => {
    const web = keep(
      `env -i bash -c 'echo $$ > ${folder.path}/child; ${FOREVER}' & while [ ! -s ${folder.path}/child ]; do :; done`,
      {
        startAfter: '20s',
      },
    );
    expect(await runner.run(operation('start', web))).toMatchObject({ kind: 'failed', class: 'soft' });
    expect(readProcess(await pid('child'))).toBeNull();
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'stopped' });
  });

  it('that goes to the background has not started, and nothing of it is left', async () => {
    const web = keep(
      `setsid bash -c 'echo $$ > ${folder.path}/daemon; ${FOREVER}' & while [ ! -s ${folder.path}/daemon ]; do :; done`,
      { startAfter: '20s' },
    );
    expect(await runner.run(operation('start', web))).toMatchObject({ kind: 'failed', class: 'soft' });
    expect(readProcess(await pid('daemon'))).toBeNull();
  });

  it('is started once: a second start finds it running', async () => {
    const web = keep(FOREVER);
    await runner.run(operation('start', web));
    const first = await pid();
    expect(await runner.run(operation('start', web, { epoch: 8 }))).toEqual({ kind: 'done' });
    expect(await pid()).toBe(first);
  });

  it('is replaced when it is started with another command', async () => {
    const web = keep(FOREVER);
    await runner.run(operation('start', web));
    const first = await pid();
    const changed = { ...web, params: { ...web.params, environment: ['COLOUR=red'] } };
    expect(await runner.run(operation('start', changed))).toEqual({ kind: 'done' });
    expect(readProcess(first)).toBeNull();
    expect(
      readProcess(await until('another pid', async () => (await pid()) !== first && (await pid()))),
    ).not.toBeNull();
  });

  it('has started when its monitor says so', async () => {
    const monitor = writeScript(
      join(folder.path, 'look'),
      `#!/bin/sh\n[ -e ${folder.path}/ready ] && exit 0; touch ${folder.path}/ready; exit 1\n`,
    );
    const web = keep(FOREVER, { monitor: [monitor] });
    expect(await runner.run(operation('start', web))).toEqual({ kind: 'done' });
    expect(existsSync(join(folder.path, 'ready'))).toBe(true);
  });

  it('that is never ready is ended at the deadline of its start', async () => {
    // The second look is cut short by the deadline, and says less than the first.
    const hangs = `[ -e ${folder.path}/looked ] && exec sleep 60; touch ${folder.path}/looked`;
    const monitor = writeScript(join(folder.path, 'look'), `#!/bin/sh\n${hangs}; echo warming up; exit 1\n`);
    const web = keep(FOREVER, { monitor: [monitor] });
    expect(await runner.run(operation('start', web, { timeoutMs: 4000 }))).toEqual({
      kind: 'timeout',
      reason: 'it runs but was not ready in time: warming up (exit code 1)',
    });
    expect(readProcess(await pid())).toBeNull();
  });

  it('that lives and is not well fails its monitor, and is running to a probe', async () => {
    const monitor = writeScript(join(folder.path, 'look'), `#!/bin/sh\n[ ! -e ${folder.path}/ill ]\n`);
    const web = keep(FOREVER, { monitor: [monitor] });
    await runner.run(operation('start', web));
    writeFileSync(join(folder.path, 'ill'), '');
    expect(await runner.run(operation('monitor', web))).toMatchObject({ kind: 'failed', class: 'soft', code: 1 });
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'running' });
  });

  it('whose start is cancelled is ended', async () => {
    const web = keep(FOREVER, { startAfter: '20s' });
    const starting = operation('start', web);
    const outcome = runner.run(starting);
    const service = await pid();
    runner.cancel(starting.id);
    expect(await outcome).toMatchObject({ kind: 'unknown' });
    expect(readProcess(service)).toBeNull();
  });

  it('that ends by itself is noticed at once, and how it ended is said', async () => {
    const web = keep(`while [ ! -e ${folder.path}/end ]; do sleep 0.02; done; echo out of memory >&2; exit 9`);
    await runner.run(operation('start', web));
    writeFileSync(join(folder.path, 'end'), '');
    await until('a nudge', () => nudges.length > 0);
    expect(nudges).toEqual(['web']);
    expect(await runner.run(operation('monitor', web))).toEqual({
      kind: 'failed',
      class: 'soft',
      code: null,
      reason: 'it ended with exit code 9: out of memory',
    });
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', web))).toEqual({ kind: 'stopped' });
  });

  it('gets the signal that it wants to stop by', async () => {
    const traps = `trap 'echo quit > ${folder.path}/how; exit 0' QUIT; trap '' TERM; echo set > ${folder.path}/traps`;
    const web = keep(`${traps}; ${FOREVER}`, { stopSignal: 'QUIT' });
    await runner.run(operation('start', web));
    await until('it listens to signals', () => read('traps'));
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(read('how')).toBe('quit');
  });

  it('that ignores TERM is killed within the time of its stop, with all that it started', async () => {
    const web = keep(`trap '' TERM; bash -c 'echo $$ > ${folder.path}/child; ${FOREVER}' & ${FOREVER}`);
    await runner.run(operation('start', web));
    const pids = [await pid(), await pid('child')];
    expect(await runner.run(operation('stop', web, { timeoutMs: 5000 }))).toEqual({ kind: 'done' });
    expect(pids.map(readProcess)).toEqual([null, null]);
  });

  it('that ends before its children is stopped when they have ended too', async () => {
    // The child bears no mark and ignores TERM: it is known only by having stood in the group of the main process.
    const web = keep(`env -i bash -c 'trap "" TERM; echo $$ > ${folder.path}/child; ${FOREVER}' & ${FOREVER}`);
    await runner.run(operation('start', web));
    const pids = [await pid(), await pid('child')];
    expect(await runner.run(operation('stop', web, { timeoutMs: 5000 }))).toEqual({ kind: 'done' });
    expect(pids.map(readProcess)).toEqual([null, null]);
  });

  it('is killed at once with all that it started, also what made a session of its own', async () => {
    const web = keep(`trap '' TERM; setsid bash -c 'echo $$ > ${folder.path}/child; ${FOREVER}' & ${FOREVER}`);
    await runner.run(operation('start', web));
    const pids = [await pid(), await pid('child')];
    expect(await runner.run(operation('kill', web))).toEqual({ kind: 'done' });
    expect(pids.map(readProcess)).toEqual([null, null]);
  });

  it('that left children behind is broken until they are ended', async () => {
    // The environment is cleared, as programs that rename themselves do: only the process group still tells whose they are.
    const web = keep(`env -i bash -c 'echo $$ > ${folder.path}/child; ${FOREVER}' & ${FOREVER}`);
    await runner.run(operation('start', web));
    const [service, child] = [await pid(), await pid('child')];
    process.kill(service, 'SIGKILL');
    await until('a nudge', () => nudges.length > 0);
    const outcome = await runner.run(operation('monitor', web));
    expect(outcome).toMatchObject({ kind: 'failed', class: 'soft', code: null });
    expect('reason' in outcome && outcome.reason).toMatch(/^it was ended by SIGKILL; .* of it lives? on$/);
    expect(await runner.run(operation('probe', web))).toMatchObject({ kind: 'failed' });
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(readProcess(child)).toBeNull();
  });

  it('begins a new log at each start and keeps the one before', async () => {
    const web = keep(`cat ${folder.path}/words; ${FOREVER}`);
    const log = join(folder.path, 'run/kept/web.log');
    for (const words of ['first', 'second', 'third']) {
      writeFileSync(join(folder.path, 'words'), words);
      await runner.run(operation('start', web));
      await until('the words are written', () => readFileSync(log, 'utf8') === words);
      await runner.run(operation('stop', web));
    }
    expect(readFileSync(`${log}.1`, 'utf8')).toBe('second');
  });

  it('has its records and logs readable for its user alone', async () => {
    await runner.run(operation('start', keep(FOREVER)));
    const modes = ['run/kept', 'run/kept/web.json', 'run/kept/web.log'].map((name) =>
      (statSync(join(folder.path, name)).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['700', '600', '600']);
  });

  it('goes on when its run folder is gone', async () => {
    const web = keep(`while [ ! -e ${folder.path}/end ]; do sleep 0.02; done`);
    await runner.run(operation('start', web));
    rmSync(join(folder.path, 'run'), { recursive: true });
    expect(await runner.run(operation('monitor', web))).toEqual({ kind: 'running' });
    writeFileSync(join(folder.path, 'end'), '');
    await until('a nudge', () => nudges.length > 0);
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
  });

  it('with a strange name stays in its folder', async () => {
    const web = { ...keep(FOREVER), id: '../../web é' };
    started = [web];
    expect(await runner.run(operation('start', web))).toEqual({ kind: 'done' });
    expect(existsSync(join(folder.path, 'run/kept/%2e.%2f..%2fweb%20%c3%a9.json'))).toBe(true);
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
  });
});

describe('own commands', () => {
  const commands = (params: ResourceSpec['params'] = {}): ResourceSpec => {
    const state = join(folder.path, 'state');
    return resource('script', {
      start: ['touch', state],
      stop: ['rm', '-f', state],
      monitor: ['sh', '-c', 'test -e "$1" || exit 7', 'sh', state],
      ...params,
    });
  };

  it('start, look and stop', async () => {
    expect(await runner.run(operation('probe', commands()))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', commands()))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', commands()))).toEqual({ kind: 'running' });
    expect(await runner.run(operation('stop', commands()))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', commands()))).toEqual({ kind: 'stopped' });
  });

  it('that fail say why', async () => {
    const broken = commands({ start: ['sh', '-c', 'echo no disk >&2; exit 4'] });
    expect(await runner.run(operation('start', broken))).toEqual({
      kind: 'failed',
      class: 'soft',
      code: 4,
      reason: 'no disk (exit code 4)',
    });
  });

  it('are not believed when the monitor disagrees', async () => {
    expect(await runner.run(operation('start', commands({ start: ['true'] })))).toMatchObject({
      kind: 'failed',
      reason: 'the start said that it is done, but it does not run',
    });
    await runner.run(operation('start', commands()));
    expect(await runner.run(operation('stop', commands({ stop: ['true'] })))).toMatchObject({
      kind: 'failed',
      reason: 'the stop said that it is done, but it still runs',
    });
  });

  it('take a monitor that exits with anything but 0 and 7 for broken, never for stopped', async () => {
    expect(await runner.run(operation('stop', commands({ monitor: ['sh', '-c', 'exit 1'] })))).toMatchObject({
      kind: 'failed',
      reason: 'the stop said that it is done, but a look says: exit code 1',
    });
  });

  it('that are not installed are a matter of the node, and cannot have started anything', async () => {
    const missing = commands({ start: ['/nowhere/x'], monitor: ['/nowhere/y'] });
    expect(await runner.run(operation('probe', missing))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', missing))).toMatchObject({ kind: 'failed', class: 'node' });
  });

  it('run in their folder', async () => {
    const here = commands({ directory: folder.path, start: ['sh', '-c', 'pwd > where; touch state'] });
    expect(await runner.run(operation('start', here))).toEqual({ kind: 'done' });
    expect(read('where')).toBe(folder.path);
  });

  it('cannot be killed but by their own stop', async () => {
    await runner.run(operation('start', commands()));
    expect(await runner.run(operation('kill', commands()))).toMatchObject({ kind: 'failed', class: 'fatal' });
  });
});

describe('the parameters of a script', () => {
  it.each([
    [{}, 'a script needs "run", or "start", "stop" and "monitor" together'],
    [{ start: ['a'], stop: ['b'] }, 'a script needs "run", or "start", "stop" and "monitor" together'],
    [{ run: ['a'], stop: ['b'] }, '"run" keeps a process and needs no "start" or "stop"; leave one kind out'],
    [{ run: 'sleep 60' }, '"run" must be a list of arguments, such as [sleep, "60"]'],
    [{ run: [] }, '"run" must name a program'],
    [{ run: ['a'], stopSignal: 'KILL' }, '"stopSignal" must be one of TERM, INT, QUIT, HUP, USR1, USR2, not "KILL"'],
    [{ run: ['a'], startAfter: '5' }, '"startAfter" must be a duration such as 500ms, not "5"'],
    [{ run: ['a'], environment: ['A'] }, '"environment" must be a list of NAME=value, and "A" is not'],
    [{ run: ['a'], directory: 'here' }, '"directory" must be an absolute path'],
  ])('%j are refused for good: %s', async (params, reason) => {
    expect(await runner.run(operation('start', resource('script', params)))).toEqual({
      kind: 'failed',
      class: 'fatal',
      code: null,
      reason,
    });
  });
});
