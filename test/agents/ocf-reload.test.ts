/** Reloads by real agents: scripts of this test, which say what they were asked for, and Debian's own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { readProcess } from '../../src/agents/process-table.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { describeWith, OCF_AGENTS } from './harness/requirements.js';
import { until } from './harness/until.js';

let folder: ReturnType<typeof freshFolder>;
let log: ReturnType<typeof rememberingLog>;
let runner: AgentRunner;
beforeEach(() => {
  folder = freshFolder();
  log = rememberingLog();
  runner = createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log, ocfRoot: folder.path });
});
afterEach(() => {
  runner.close();
  folder.remove();
});

/** An agent's description of itself. Shape: parameters as attributes. */
function metadata(version: string, actions: readonly string[], parameters: Readonly<Record<string, string>>): string {
  return `<resource-agent name="thing"><version>${version}</version>
<parameters>${Object.entries(parameters)
    .map(([name, attributes]) => `<parameter name="${name}" ${attributes}><content type="string"/></parameter>`)
    .join('')}</parameters>
<actions>${['start', 'stop', 'monitor', ...actions].map((name) => `<action name="${name}" timeout="20s"/>`).join('')}</actions>
</resource-agent>`;
}

/** What an agent of OCF 1.1 declares that takes over its level and its mode. */
const NEW = metadata('1.1', ['reload', 'reload-agent'], {
  level: 'reloadable="1"',
  mode: 'reloadable="1"',
  port: 'unique-group="socket"',
});

/** What an older agent declares: there, what is not unique can be reloaded. */
const OLD = metadata('1.0', ['reload'], { level: 'unique="0"', mode: '', port: 'unique="1"' });

/** Installs an agent `ocf:test:NAME` that keeps its level in its state file. Words: all that it was asked for but its metadata. */
function install(name: string, declared: string): void {
  writeScript(
    join(folder.path, 'resource.d/test', name),
    `#!/bin/bash
cd ${folder.path}
[ "$1" = meta-data ] || echo "$1 level=$OCF_RESKEY_level name=$OCF_RESKEY_CRM_meta_name" >> asked
case $1 in
  meta-data) echo meta-data >> described; cat <<END
${declared}
END
  ;;
  start) echo "$OCF_RESKEY_level" > state;;
  stop) rm -f state;;
  monitor) [ -e state ] || exit 7;;
  reload|reload-agent)
    [ "$OCF_RESKEY_level" = bad ] && { echo "ocf-exit-reason:no such level" >&2; exit 1; }
    echo "$OCF_RESKEY_level" > state;;
  *) exit 3;;
esac
`,
  );
}

function thing(name: string, params: Record<string, string>): ReturnType<typeof resource> {
  return resource(`ocf:test:${name}`, { level: '1', ...params });
}

function asked(): string[] {
  return readFileSync(join(folder.path, 'asked'), 'utf8').trim().split('\n');
}

describe('whether an OCF agent can take a change over', () => {
  it.each<[string, string, Record<string, string>, boolean]>([
    ['of what an agent of OCF 1.1 marks reloadable', NEW, { level: '2' }, true],
    ['of several that it marks', NEW, { level: '2', mode: 'fast' }, true],
    ['of one that it does not mark', NEW, { port: '81' }, false],
    ['of one that it marks together with one that it does not', NEW, { level: '2', port: '81' }, false],
    ['of one that it does not declare', NEW, { other: 'x' }, false],
    ['of what an older agent does not call unique', OLD, { level: '2' }, true],
    ['of what an older agent says nothing of', OLD, { mode: 'fast' }, true],
    ['of what an older agent calls unique', OLD, { port: '81' }, false],
    ['of one that an older agent does not declare', OLD, { other: 'x' }, false],
    [
      'with an agent of OCF 1.1 that has a reload of its files only',
      NEW.replace('"reload-agent"', '"other"'),
      { level: '2' },
      false,
    ],
    [
      'with an older agent that has the newer action only',
      OLD.replace('"reload"', '"reload-agent"'),
      { level: '2' },
      false,
    ],
    ['with an agent without any such action', OLD.replace('"reload"', '"other"'), { level: '2' }, false],
    ['with a later version', NEW.replace('>1.1<', '>1.10<'), { level: '2' }, true],
    ['with a version that is none', OLD.replace('>1.0<', '>new<'), { level: '2' }, true],
    ['with an agent that describes itself in no known form', 'nothing', { level: '2' }, false],
  ])('%s', async (_, declared, change, isReloadable) => {
    install('one', declared);
    expect(await runner.canReload({ from: thing('one', {}), to: thing('one', change) })).toBe(isReloadable);
  });

  it('counts what is not set any more, too', async () => {
    install('one', NEW);
    expect(await runner.canReload({ from: thing('one', { mode: 'fast' }), to: thing('one', {}) })).toBe(true);
    expect(await runner.canReload({ from: thing('one', { port: '81' }), to: thing('one', {}) })).toBe(false);
  });

  it('is not so with another agent', async () => {
    install('one', NEW);
    install('two', NEW);
    expect(await runner.canReload({ from: thing('one', {}), to: thing('two', { level: '2' }) })).toBe(false);
  });

  it.each(['ocf:test:gone', 'script', 'systemd:thing', 'nonsense'])('is not so for %s', async (type) => {
    const from = resource(type, { level: '1' });
    expect(await runner.canReload({ from, to: { ...from, params: { level: '2' } } })).toBe(false);
  });

  it('is asked of the agent once, by several at once too, and again when its script was changed', async () => {
    const change = { from: thing('one', {}), to: thing('one', { level: '2' }) };
    install('one', NEW);
    expect(await Promise.all([runner.canReload(change), runner.canReload(change)])).toEqual([true, true]);
    expect(await runner.canReload(change)).toBe(true);
    expect(readFileSync(join(folder.path, 'described'), 'utf8')).toBe('meta-data\n');
    install('one', `${NEW.replaceAll(' reloadable="1"', '')}<!-- newer -->`);
    expect(await runner.canReload(change)).toBe(false);
  });
});

describe('a reload', () => {
  it.each([
    ['reload-agent', NEW],
    ['reload', OLD],
  ])('runs %s with the new parameters, and nothing is stopped', async (word, declared) => {
    install('one', declared);
    await runner.run(operation('start', thing('one', {})));
    expect(await runner.run(operation('reload', thing('one', { level: '2' })))).toEqual({ kind: 'done' });
    expect(asked()).toEqual(['start level=1 name=start', `${word} level=2 name=${word}`]);
    expect(readFileSync(join(folder.path, 'state'), 'utf8')).toBe('2\n');
  });

  it('fails with the words of the agent', async () => {
    install('one', NEW);
    await runner.run(operation('start', thing('one', {})));
    const outcome = await runner.run(operation('reload', thing('one', { level: 'bad' })));
    expect(outcome).toEqual({
      kind: 'failed',
      reason: 'no such level (generic error, exit code 1)',
      class: 'soft',
      code: 1,
    });
  });

  it('fails where the agent has no such action any more', async () => {
    install('one', OLD.replace('"reload"', '"other"'));
    const outcome = await runner.run(operation('reload', thing('one', { level: '2' })));
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: '"ocf:test:one" declares no action by which it is reloaded',
    });
    expect(existsSync(join(folder.path, 'asked'))).toBe(false);
  });

  it('fails with an agent of another kind', async () => {
    const outcome = await runner.run(operation('reload', resource('builtin:noop')));
    expect(outcome).toMatchObject({ kind: 'failed', reason: '"builtin:noop" knows no reload' });
  });

  it('S2 is not set off when the lease is over', async () => {
    install('one', NEW);
    const outcome = await runner.run(operation('reload', thing('one', { level: '2' })), () => false);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(existsSync(join(folder.path, 'asked'))).toBe(false);
  });

  it('is ended by the next daemon when its own was killed', async () => {
    const pidFile = join(folder.path, 'pid');
    writeScript(
      join(folder.path, 'resource.d/test/slow'),
      `#!/bin/bash\n[ "$1" = meta-data ] && { cat <<END\n${NEW}\nEND\nexit; }\necho $$ > ${pidFile}; while :; do sleep 0.05; done\n`,
    );
    const reloading = runner.run(operation('reload', thing('slow', { level: '2' })));
    const pid = await until('it is under way', () => existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8')));
    const next = createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log, ocfRoot: folder.path });
    await next.run(operation('probe', resource('builtin:noop')));
    expect(log.sentences.map(({ sentence }) => sentence).join()).toContain(
      'reload of web, which an earlier daemon or the guard began, was still under way and has been ended',
    );
    expect(readProcess(pid)).toBeNull();
    await reloading;
    next.close();
  });
});

describeWith("Debian's resource agents", { files: [OCF_AGENTS] }, () => {
  beforeEach(() => {
    runner.close();
    runner = createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log });
  });

  it('take changes over as they declare it: Dummy', async () => {
    const dummy = resource('ocf:heartbeat:Dummy', { state: join(folder.path, 'dummy.state'), fake: 'a' });
    const other = { ...dummy, params: { ...dummy.params, fake: 'b' } };
    const moved = { ...dummy, params: { ...dummy.params, state: join(folder.path, 'other.state') } };
    expect(await runner.run(operation('start', dummy))).toEqual({ kind: 'done' });
    expect(await runner.canReload({ from: dummy, to: other })).toBe(true);
    expect(await runner.canReload({ from: dummy, to: moved })).toBe(false);
    expect(await runner.run(operation('reload', other))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', other, { intervalMs: 10_000 }))).toEqual({ kind: 'running' });
    expect(await runner.run(operation('stop', other))).toEqual({ kind: 'done' });
  });
});
