/** What comes after a start or reload that was given up: nothing is proved before that is over. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { ChangesUnderWay } from '../../src/agents/changes-under-way.js';
import { listProcesses, readProcess, sendSignal } from '../../src/agents/process-table.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { describeWith } from './harness/requirements.js';
import { folderOfNobody, SETPRIV } from './harness/unkillable.js';
import { until } from './harness/until.js';

let folder: ReturnType<typeof freshFolder>;
let runner: AgentRunner;
beforeEach(() => {
  folder = freshFolder();
  const places = { ocfRoot: folder.path, lsbFolder: at('init.d') };
  runner = createAgentRunner({ node: 'lb1', stateDir: at('run'), log: rememberingLog(), ...places });
});
afterEach(() => {
  runner.close();
  if (existsSync(at('service.pid'))) sendSignal(Number(readFileSync(at('service.pid'), 'utf8')), 'SIGKILL');
  folder.remove();
});

const at = (name: string): string => join(folder.path, name);

/**
 * An agent whose start (or reload) tidies up when it gets TERM and goes on, as scripts do whose trap does not exit: a moment later its service runs, in a session of its own. Every other call writes down in `asked` whether the
 * script of the start was there at that time.
 */
function install(): void {
  const script = `#!/bin/bash
cd ${folder.path}
[ -e begun ] && [ $1 != meta-data ] && echo "$1 $(kill -0 $(cat begun) 2>/dev/null && echo beside || echo after)" >> asked
case $1 in
  meta-data) echo '<resource-agent><version>1.1</version><actions><action name="reload-agent"/></actions></resource-agent>';;
  start|reload-agent) trap : TERM
    echo $$ > begun
    sleep 30
    sleep 0.4
    setsid bash -c 'echo $$ > service.pid; exec sleep 60' </dev/null >/dev/null 2>&1 &
    while [ ! -s service.pid ]; do sleep 0.02; done;;
  stop) [ -e service.pid ] && kill $(cat service.pid); rm -f service.pid; exit 0;;
  *) [ -e service.pid ] && kill -0 $(cat service.pid) 2>/dev/null || exit $([ $1 = status ] && echo 3 || echo 7);;
esac
`;
  writeScript(at('resource.d/test/thing'), script);
  writeScript(at('init.d/thing'), script);
  writeScript(at('own'), script);
}

const own = (): Record<string, string[]> =>
  Object.fromEntries(['start', 'stop', 'monitor'].map((action) => [action, [at('own'), action]]));
const leaderOfChange = (): Promise<number> =>
  until('it has begun', () => existsSync(at('begun')) && Number(readFileSync(at('begun'), 'utf8')));

describe('after a start that was cancelled', () => {
  it.each([
    ['ocf:test:thing', 'stop', { kind: 'done' }, ['stop after', 'monitor after']],
    ['ocf:test:thing', 'kill', { kind: 'done' }, ['monitor after']],
    ['ocf:test:thing', 'probe', { kind: 'stopped' }, ['monitor after']],
    ['ocf:test:thing', 'monitor', { kind: 'stopped' }, ['monitor after']],
    ['lsb:thing', 'stop', { kind: 'done' }, ['stop after', 'status after']],
    ['script', 'stop', { kind: 'done' }, ['stop after', 'monitor after']],
  ] as const)('of %s a %s comes when nothing of it is left', async (type, action, outcome, asked) => {
    install();
    const web = resource(type, type === 'script' ? own() : {});
    const start = operation('start', web);
    const ended = runner.run(start);
    const leader = await leaderOfChange();
    await until('it waits', async () => (await listProcesses(({ group }) => group === leader)).length === 2);

    runner.cancel(start.id);
    expect(await runner.run(operation(action, web))).toEqual(outcome);

    expect(await listProcesses(({ session }) => session === leader)).toEqual([]);
    expect(readFileSync(at('asked'), 'utf8').trim().split('\n')).toEqual(asked);
    expect((await ended).kind).toBe('unknown');
    expect(existsSync(at('service.pid'))).toBe(false);
  });

  it('so it is after a reload', async () => {
    install();
    const web = resource('ocf:test:thing');
    const reload = operation('reload', web);
    void runner.run(reload);
    const leader = await leaderOfChange();
    runner.cancel(reload.id);
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect(readProcess(leader)).toBeNull();
  });

  it('a helper that outlives the script of the start is ended as well, and what was started by then is stopped', async () => {
    install();
    writeScript(
      at('resource.d/test/thing'),
      `#!/bin/bash
case $1 in
  start) (trap '' TERM; echo $BASHPID > ${at('helper')}; while :; do sleep 0.05; done) & echo $$ > ${at('begun')}
    setsid bash -c 'echo $$ > ${at('service.pid')}; exec sleep 60' </dev/null >/dev/null 2>&1 &
    wait;;
  stop) kill $(cat ${at('service.pid')}); rm ${at('service.pid')};;
  monitor) [ -e ${at('service.pid')} ] || exit 7;;
esac
`,
    );
    const web = resource('ocf:test:thing');
    const start = operation('start', web);
    void runner.run(start);
    const leader = await leaderOfChange();
    const helper = await until(
      'its helper',
      () => existsSync(at('helper')) && Number(readFileSync(at('helper'), 'utf8')),
    );
    const service = await until(
      'it runs',
      () => existsSync(at('service.pid')) && Number(readFileSync(at('service.pid'), 'utf8')),
    );
    runner.cancel(start.id);
    await until('its script is gone', () => readProcess(leader) === null);
    expect(readProcess(helper)).not.toBeNull();
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
    expect([helper, service].map(readProcess)).toEqual([null, null]);
  });

  it('a kept process is not begun behind the back of what ends it', async () => {
    const script = `#!/bin/bash\necho $$ >> ${at('service.pid')}\nexec sleep 60\n`;
    const web = resource('script', { run: [writeScript(at('service'), script)] });
    const start = operation('start', web);
    const ended = runner.run(start);
    runner.cancel(start.id);
    expect(await runner.run(operation('kill', web))).toEqual({ kind: 'done' });
    expect((await ended).kind).toBe('unknown');
    expect(existsSync(at('service.pid'))).toBe(false);
  });

  it('other resources wait for nothing, and a start that was not cancelled goes on', async () => {
    install();
    const web = resource('ocf:test:thing');
    const start = operation('start', web);
    const ended = runner.run(start);
    const leader = await leaderOfChange();
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('stop', resource('ocf:test:thing', {}, 'db')))).toEqual({ kind: 'done' });
    expect(readProcess(leader)).not.toBeNull();
    runner.cancel(start.id);
    expect(await runner.run(operation('stop', resource('builtin:noop', {}, 'db')))).toEqual({ kind: 'done' });
    expect(readProcess(leader)).not.toBeNull();
    await ended;
  });
});

describeWith('after a start that cannot be ended', { files: [SETPRIV], namespaces: ['--mount'] }, () => {
  it('a stop is carried out in what is left of its time, and proves nothing', async () => {
    const { unkillable, newRunner } = await folderOfNobody(folder.path);
    writeScript(
      at('resource.d/test/thing'),
      `#!/bin/bash
case $1 in
  start) ${unkillable} bash -c 'echo $$ > ${at('begun')}; exec sleep 60';;
  stop) touch ${at('stopped')};;
  monitor) exit 7;;
esac
`,
    );
    const nobodys = newRunner();
    const web = resource('ocf:test:thing');
    const start = operation('start', web);
    const ended = nobodys.run(start);
    const pid = await leaderOfChange();
    await nobodys.cancel(start.id);
    expect(await nobodys.run(operation('stop', web, { timeoutMs: 1500 }))).toEqual({
      kind: 'unknown',
      reason: 'it did not run when it was looked at, but its start, which was cancelled, is not over yet',
    });
    expect(existsSync(at('stopped'))).toBe(true);
    sendSignal(pid, 'SIGKILL');
    await ended;
    expect(await nobodys.run(operation('stop', web))).toEqual({ kind: 'done' });
    await nobodys.killHard();
  });
});

describe('changes under way', () => {
  const web = resource('builtin:noop');

  it('that will not end are waited for no longer than allowed, and nothing counts as stopped then', async () => {
    const killed: string[] = [];
    const changes = new ChangesUnderWay((of) => killed.push(of));
    const cancel = new AbortController();
    const start = changes.begin(operation('start', web), cancel.signal);
    expect(await changes.endCancelled('web', null, 10_000)).toBeNull();
    cancel.abort();
    expect(await changes.endCancelled('web', null, 20)).toBe('its start, which was cancelled, is not over yet');
    expect(await changes.endCancelled('web', null, -5)).toBe('its start, which was cancelled, is not over yet');
    expect(await changes.endCancelled('db', null, 10_000)).toBeNull();
    expect(killed).toEqual(['web', 'web']);
    changes.over(start);
    expect(await changes.endCancelled('web', null, 10_000)).toBeNull();
  });

  it('wait for those before them, and not for each other', async () => {
    const changes = new ChangesUnderWay(() => undefined);
    const [first, second] = [new AbortController(), new AbortController()];
    const start = changes.begin(operation('start', web), first.signal);
    const reload = changes.begin(operation('reload', web), second.signal);
    first.abort();
    second.abort();
    expect(await changes.endCancelled('web', start, 10_000)).toBeNull();
    const waiting = changes.endCancelled('web', reload, 10_000);
    changes.over(start);
    expect(await waiting).toBeNull();
  });
});
