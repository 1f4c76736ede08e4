import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Installs an agent `ocf:test:thing` in the test's own OCF root. */
function install(text: string): string {
  return writeScript(join(folder.path, 'resource.d/test/thing'), `#!/bin/bash\n${text}\n`);
}

/** An agent that keeps its state in a file, as Dummy does. */
const HONEST = `case $1 in
  start) touch $OCF_RESKEY_state;;
  stop) rm -f $OCF_RESKEY_state;;
  monitor) [ -e $OCF_RESKEY_state ] || exit 7;;
esac`;

function thing(params: Record<string, string> = {}): ReturnType<typeof resource> {
  return resource('ocf:test:thing', { state: join(folder.path, 'state'), ...params });
}

describe('an OCF agent', () => {
  it('is probed, started, monitored and stopped', async () => {
    install(HONEST);
    expect(await runner.run(operation('probe', thing()))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', thing()))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('probe', thing()))).toEqual({ kind: 'running' });
    expect(await runner.run(operation('monitor', thing(), { intervalMs: 10_000 }))).toEqual({ kind: 'running' });
    expect(await runner.run(operation('stop', thing()))).toEqual({ kind: 'done' });
    expect(existsSync(join(folder.path, 'state'))).toBe(false);
  });

  it('is stopped a second time without complaint', async () => {
    install(HONEST);
    expect(await runner.run(operation('stop', thing()))).toEqual({ kind: 'done' });
  });

  it('gets the variables of OCF 1.1, its parameters and the epoch, and nothing of ours', async () => {
    install(`env -0 | sort -z | tr '\\0' '\\n' > ${folder.path}/env; exit 0`);
    await runner.run(
      operation('monitor', thing({ ip: '10.0.0.1' }), { intervalMs: 10_000, depth: 20, timeoutMs: 5000 }),
    );
    const environment = readFileSync(join(folder.path, 'env'), 'utf8').trim().split('\n');
    const named = environment.filter((line) => /^(OCF|FAIRLEAD|LANG)/.test(line) && !line.includes('meta_timeout'));
    expect(named).toEqual([
      'FAIRLEAD_ACTION=monitor',
      'FAIRLEAD_EPOCH=7',
      'FAIRLEAD_NODE=lb1',
      'FAIRLEAD_RESOURCE=web',
      'LANG=C',
      'OCF_CHECK_LEVEL=20',
      'OCF_EXIT_REASON_PREFIX=ocf-exit-reason:',
      'OCF_RA_VERSION_MAJOR=1',
      'OCF_RA_VERSION_MINOR=1',
      'OCF_RESKEY_CRM_meta_fairlead_epoch=7',
      'OCF_RESKEY_CRM_meta_interval=10000',
      'OCF_RESKEY_CRM_meta_name=monitor',
      'OCF_RESKEY_CRM_meta_on_node=lb1',
      'OCF_RESKEY_crm_feature_set=3.16.2',
      'OCF_RESKEY_ip=10.0.0.1',
      `OCF_RESKEY_state=${folder.path}/state`,
      'OCF_RESOURCE_INSTANCE=web',
      'OCF_RESOURCE_PROVIDER=test',
      'OCF_RESOURCE_TYPE=thing',
      `OCF_ROOT=${folder.path}`,
    ]);
    expect(environment.filter((line) => line.startsWith('VITEST'))).toEqual([]);
  });

  it('tells a probe from a monitor by the interval, also from a monitor out of turn', async () => {
    install(`echo $OCF_RESKEY_CRM_meta_interval >> ${folder.path}/intervals; exit 7`);
    await runner.run(operation('probe', thing()));
    await runner.run(operation('monitor', thing()));
    expect(readFileSync(join(folder.path, 'intervals'), 'utf8')).toBe('0\n10000\n');
  });

  it('may be given the time that is left', async () => {
    install(`echo $OCF_RESKEY_CRM_meta_timeout > ${folder.path}/timeout`);
    await runner.run(operation('start', thing(), { timeoutMs: 5000 }));
    const timeoutMs = Number(readFileSync(join(folder.path, 'timeout'), 'utf8'));
    expect(timeoutMs).toBeGreaterThan(0);
    expect(timeoutMs).toBeLessThanOrEqual(5000);
  });

  it('whose stop lies is found out by a look: it still runs', async () => {
    install('exit 0');
    expect(await runner.run(operation('stop', thing()))).toEqual({
      kind: 'failed',
      class: 'soft',
      code: null,
      reason: 'the stop said that it is done, but it still runs',
    });
  });

  it('whose stop is a moment late is believed once it is true', async () => {
    install(`case $1 in
      stop) (while [ ! -e ${folder.path}/looked ]; do sleep 0.01; done; touch ${folder.path}/gone) >/dev/null 2>&1 &;;
      monitor) touch ${folder.path}/looked; [ -e ${folder.path}/gone ] && exit 7; exit 0;;
    esac`);
    expect(await runner.run(operation('stop', thing()))).toEqual({ kind: 'done' });
  });

  it('whose stop cannot be confirmed has not stopped', async () => {
    install('[ $1 = stop ] && exit 0; echo cannot look >&2; exit 1');
    expect(await runner.run(operation('stop', thing()))).toMatchObject({
      kind: 'failed',
      reason: 'the stop said that it is done, but a look says: cannot look (generic error, exit code 1)',
    });
  });

  it('S7 of which it cannot be told whether it is installed may run', async () => {
    const script = join(folder.path, 'resource.d/test/thing');
    mkdirSync(dirname(script), { recursive: true });
    symlinkSync(script, script);
    expect(await runner.run(operation('probe', thing()))).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('ELOOP'),
    });
  });

  it('that is not installed does not run here and cannot be started here', async () => {
    const missing = resource('ocf:test:missing');
    expect(await runner.run(operation('probe', missing))).toEqual({ kind: 'stopped' });
    for (const action of ['start', 'monitor', 'stop'] as const) {
      expect(await runner.run(operation(action, missing))).toEqual({
        kind: 'failed',
        class: 'node',
        code: null,
        reason: `"${folder.path}/resource.d/test/missing" is not installed on this node`,
      });
    }
  });

  it.each(['ocf:test', 'ocf:../x:y', 'ocf:test:..', 'ocf:a/b:c', 'ocf:test:a:b'])(
    'is never looked for under the name %s',
    async (type) => {
      expect(await runner.run(operation('probe', resource(type)))).toMatchObject({ kind: 'failed', class: 'fatal' });
    },
  );

  it('is not given a parameter whose name would be another variable', async () => {
    install(HONEST);
    expect(await runner.run(operation('start', thing({ 'a=b': 'c' })))).toMatchObject({
      kind: 'failed',
      class: 'fatal',
    });
  });

  it('that cannot be executed is a matter of the node', async () => {
    writeScript(join(folder.path, 'resource.d/test/thing'), '#!/nowhere/interpreter\n');
    expect(await runner.run(operation('start', thing()))).toMatchObject({ kind: 'failed', class: 'node', code: null });
  });

  it('that hangs is killed at its deadline with everything it started', async () => {
    install(`bash -c 'trap "" TERM; echo $$ > ${folder.path}/grandchild; while :; do sleep 0.05; done' & 
      trap '' TERM; echo stuck on a lock >&2; while :; do sleep 0.05; done`);
    expect(await runner.run(operation('start', thing(), { timeoutMs: 4000 }))).toEqual({
      kind: 'timeout',
      reason: 'ocf:test:thing start did not end in time and was killed, its last words: stuck on a lock',
    });
    expect(readProcess(Number(readFileSync(join(folder.path, 'grandchild'), 'utf8')))).toBeNull();
  });

  it('that is cancelled is ended before the operation is over, and nothing is known', async () => {
    install(`echo $$ > ${folder.path}/agent; sleep 60`);
    const starting = operation('start', thing());
    const outcome = runner.run(starting);
    const pid = Number(
      await until(
        'the agent runs',
        () => existsSync(join(folder.path, 'agent')) && readFileSync(join(folder.path, 'agent'), 'utf8'),
      ),
    );
    runner.cancel(starting.id);
    expect(await outcome).toEqual({ kind: 'unknown', reason: 'the operation was cancelled' });
    expect(readProcess(pid)).toBeNull();
  });

  it('that runs degraded runs, and people are told', async () => {
    install('echo ocf-exit-reason:one disk is gone >&2; exit 190');
    expect(await runner.run(operation('monitor', thing()))).toEqual({ kind: 'running' });
    expect(log.sentences).toEqual([
      { level: 'warn', sentence: 'web runs degraded: one disk is gone (running but degraded, exit code 190)' },
    ]);
  });

  it('cannot be killed but by its own stop: a kill is done only when it does not run anyway', async () => {
    install(HONEST);
    expect(await runner.run(operation('kill', thing()))).toEqual({ kind: 'done' });
    await runner.run(operation('start', thing()));
    expect(await runner.run(operation('kill', thing()))).toMatchObject({ kind: 'failed', class: 'fatal' });
    expect(existsSync(join(folder.path, 'state'))).toBe(true);
  });
});

describeWith("Debian's resource agents", { files: [OCF_AGENTS] }, () => {
  beforeEach(() => {
    runner.close();
    runner = createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log });
  });

  it('run as they are: Dummy', async () => {
    const dummy = resource('ocf:heartbeat:Dummy', { state: join(folder.path, 'dummy.state') });
    expect(await runner.run(operation('probe', dummy))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', dummy))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', dummy, { intervalMs: 10_000 }))).toEqual({ kind: 'running' });
    expect(await runner.run(operation('stop', dummy))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', dummy, { intervalMs: 10_000 }))).toEqual({ kind: 'stopped' });
  });

  it('give their exit reason: Filesystem without a folder to mount on', async () => {
    const files = resource('ocf:heartbeat:Filesystem', { device: '/nowhere/device', fstype: 'ext4' });
    const outcome = await runner.run(operation('start', files));
    expect(outcome).toMatchObject({ kind: 'failed', class: 'fatal', code: 6 });
    expect('reason' in outcome && outcome.reason).toMatch(/directory.* \(parameters not valid, exit code 6\)$/i);
  });
});
