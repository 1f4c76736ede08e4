import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { readProcess } from '../../src/agents/process-table.js';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { until } from './harness/until.js';

let folder: ReturnType<typeof freshFolder>;
let log: ReturnType<typeof rememberingLog>;
let runner: AgentRunner;
beforeEach(() => {
  folder = freshFolder();
  log = rememberingLog();
  runner = newRunner();
});
afterEach(() => {
  runner.close();
  folder.remove();
});

function newRunner(): AgentRunner {
  return createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log, ocfRoot: folder.path });
}

function install(text: string): void {
  writeScript(join(folder.path, 'resource.d/test/thing'), `#!/bin/bash\n${text}\n`);
}

function pid(name: string): Promise<number> {
  const path = join(folder.path, name);
  return until(`${name} is written`, () => existsSync(path) && Number(readFileSync(path, 'utf8')));
}

describe('the runner', () => {
  it.each(['builtin:nothing', 'magic:thing', ''])('has no agent for "%s" and says so', async (type) => {
    for (const action of ['probe', 'monitor', 'start', 'stop', 'kill'] as const) {
      expect(await runner.run(operation(action, resource(type)))).toEqual({
        kind: 'failed',
        class: 'node',
        code: null,
        reason: `"${type}" is not an agent of this version`,
      });
    }
  });

  it('remembers of builtin:noop whether it was started, over a restart of the daemon', async () => {
    const nothing = resource('builtin:noop', {}, 'group/with strange name');
    expect(await runner.run(operation('probe', nothing))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', nothing))).toEqual({ kind: 'done' });
    runner.close();
    runner = newRunner();
    expect(await runner.run(operation('probe', nothing))).toEqual({ kind: 'running' });
    expect(await runner.run(operation('stop', nothing))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', nothing))).toEqual({ kind: 'stopped' });
  });

  it('turns what an agent did not expect into an unknown outcome, and logs it', async () => {
    mkdirSync(join(folder.path, 'run'), { recursive: true });
    writeFileSync(join(folder.path, 'run/noop'), 'a file where the folder should be');
    const outcome = await runner.run(operation('start', resource('builtin:noop')));
    expect(outcome.kind).toBe('unknown');
    expect(log.sentences).toEqual([{ level: 'error', sentence: expect.stringMatching(/^start of web broke off: /) }]);
  });

  it('ignores the cancelling of an operation that is over or was never there', async () => {
    const probe = operation('probe', resource('builtin:noop'));
    expect(await runner.run(probe)).toEqual({ kind: 'stopped' });
    expect(() => {
      runner.cancel(probe.id);
      runner.cancel('never there');
    }).not.toThrow();
  });

  it('cancels the one operation that is meant', async () => {
    install(
      `[ $1 = monitor ] || exit 0; echo $$ > ${folder.path}/$OCF_RESOURCE_INSTANCE; while [ ! -e ${folder.path}/go ]; do sleep 0.02; done`,
    );
    const [first, second] = [
      operation('monitor', resource('ocf:test:thing', {}, 'a')),
      operation('monitor', resource('ocf:test:thing', {}, 'b')),
    ];
    const outcomes = [runner.run(first), runner.run(second)];
    await Promise.all([pid('a'), pid('b')]);
    runner.cancel(first.id);
    expect(await outcomes[0]).toMatchObject({ kind: 'unknown' });
    writeFileSync(join(folder.path, 'go'), '');
    expect(await outcomes[1]).toEqual({ kind: 'running' });
  });

  it('S3 ends no stop because a look that was given up for it says that the resource is down', async () => {
    const at = (name: string): string => join(folder.path, name);
    const bash = (text: string): string[] => ['/bin/bash', '-c', text];
    const web = resource('script', {
      start: ['/bin/true'],
      stop: bash(`[ -e ${at('stopping')} ] || { touch ${at('stopping')}; sleep 0.5; }`),
      monitor: bash(`echo $$ > ${at('looks')}; sleep 0.2; exit 7`),
    });
    const look = operation('monitor', web);
    const looked = runner.run(look);
    const program = await pid('looks');
    // Its program is over, and what it wrote is still being read.
    while (existsSync(`/proc/${program}`)) await nextTurn();
    runner.cancel(look.id);
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
    await looked;
  });

  it('ends what is under way when it is closed, and leaves what was started alone', async () => {
    const script = writeScript(
      join(folder.path, 'service'),
      `#!/bin/bash\necho $$ > ${folder.path}/service.pid\nwhile :; do sleep 0.05; done\n`,
    );
    const web = resource('script', { run: [script] });
    await runner.run(operation('start', web));
    install(`echo $$ > ${folder.path}/agent.pid; trap '' TERM; while :; do sleep 0.05; done`);
    const outcome = runner.run(operation('monitor', resource('ocf:test:thing')));
    const [service, agent] = [await pid('service.pid'), await pid('agent.pid')];
    runner.close();
    expect(await outcome).toMatchObject({ kind: 'unknown' });
    expect(readProcess(agent)).toBeNull();
    expect(readProcess(service)).not.toBeNull();
    runner = newRunner();
    expect(await runner.run(operation('stop', web))).toEqual({ kind: 'done' });
  });
});

describe('S2 a start whose lease ends before it is through', () => {
  const tooLate = { kind: 'unknown', reason: expect.stringMatching(/^the lease ended before the start was set off/) };

  /** A kept process whose pid is in `service.pid`. */
  function service(params: ResourceSpec['params'] = {}): ResourceSpec {
    const text = `#!/bin/bash\necho $$ > ${folder.path}/service.pid\nwhile :; do sleep 0.05; done\n`;
    return resource('script', { run: [writeScript(join(folder.path, 'service'), text)], ...params });
  }

  it.each(['ocf:test:thing', 'builtin:noop'])('is not set off: %s', async (type) => {
    install(`echo $1 >> ${folder.path}/calls`);
    expect(await runner.run(operation('start', resource(type)), () => false)).toEqual(tooLate);
    expect(existsSync(join(folder.path, 'calls'))).toBe(false);
    expect(existsSync(join(folder.path, 'run/noop/web'))).toBe(false);
  });

  it.each(['ocf:test:thing', 'script'])('is not set off when that came while it was written down: %s', async (type) => {
    install(`[ $1 = start ] && echo $$ > ${folder.path}/service.pid`);
    const isWritten = (): boolean =>
      ['calls', 'kept'].some((name) =>
        readdirSync(join(folder.path, 'run', name)).some(
          (file) =>
            file.endsWith('.json') && readFileSync(join(folder.path, 'run', name, file), 'utf8').includes('"web"'),
        ),
      );
    const web = type === 'script' ? service() : resource(type);
    expect(await runner.run(operation('start', web), () => !isWritten())).toEqual(tooLate);
    expect(isWritten()).toBe(false);
    expect(existsSync(join(folder.path, 'service.pid'))).toBe(false);
  });

  it('is not gone on with once its forerunner has ended', async () => {
    const before = service();
    await runner.run(operation('start', before));
    const first = await pid('service.pid');
    const start = operation('start', service({ environment: ['COLOUR=red'] }));
    expect(await runner.run(start, () => readProcess(first) !== null)).toEqual(tooLate);
    expect(await runner.run(operation('probe', before))).toEqual({ kind: 'stopped' });
  });

  it('leaves no process that was not ready by then', async () => {
    const web = service({ monitor: ['/bin/false'] });
    const start = operation('start', web);
    expect(await runner.run(start, () => !existsSync(join(folder.path, 'service.pid')))).toEqual(tooLate);
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'stopped' });
  });
});
