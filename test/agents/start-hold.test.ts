import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import type { CheckProbe } from '../../src/model/check.js';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';
import { until } from './harness/until.js';

let folder: ReturnType<typeof freshFolder>;
let runner: AgentRunner;
let started: ResourceSpec[];
beforeEach(() => {
  folder = freshFolder();
  started = [];
  runner = createAgentRunner({ node: 'lb1', stateDir: join(folder.path, 'run'), log: rememberingLog() });
});
afterEach(async () => {
  for (const of of started) await runner.run(operation('kill', of));
  runner.close();
  folder.remove();
});

const at = (name: string) => join(folder.path, name);

/** A check that passes while there is a file `ready`, and writes each of its rounds into `rounds`. */
function countedCheck(): CheckProbe {
  const program = writeScript(at('count'), `#!/bin/sh\necho >> ${at('rounds')}\n[ -e ${at('ready')} ]\n`);
  return { kind: 'run', argv: [program] };
}

/** A kept process of the given shell text, with one check. */
function checked(text: string, probe: CheckProbe = { kind: 'file', path: at('ready') }): ResourceSpec {
  const script = writeScript(at('service'), `#!/bin/bash\n${text}\n`);
  const check = { id: 'ready', probe, everyMs: 10, timeoutMs: 5000, rise: 2, fall: 3 };
  const of = resource('script', { run: [script] });
  started.push(of);
  return { ...of, checks: [{ ...check, place: of.place }] };
}

const FOREVER = 'while :; do sleep 0.05; done';

describe('a start of a resource with a check', () => {
  it('is held until the check passes as often as it asks for', async () => {
    const web = checked(FOREVER, countedCheck());
    let isOver = false;
    const start = runner.run(operation('start', web)).then((outcome) => {
      isOver = true;
      return outcome;
    });
    await until('some rounds failed', () => existsSync(at('rounds')));
    expect(isOver).toBe(false);
    expect(await runner.run(operation('probe', web))).toEqual({ kind: 'running' });
    writeFileSync(at('ready'), '');
    expect(await start).toEqual({ kind: 'done' });
  });

  it('has failed when its time is over before, and says why', async () => {
    expect(await runner.run(operation('start', checked(FOREVER), { timeoutMs: 500 }))).toEqual({
      kind: 'timeout',
      reason: `check ready did not pass within the time of the start: there is no ${at('ready')}`,
    });
  });

  it('has failed at once when what was started ends', async () => {
    const web = checked(`until [ -e ${at('end')} ]; do sleep 0.05; done; exit 4`, countedCheck());
    const start = runner.run(operation('start', web, { timeoutMs: 60_000 }));
    await until('it is checked', () => existsSync(at('rounds')));
    writeFileSync(at('end'), '');
    expect(await start).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: expect.stringContaining('it ended before its checks passed'),
    });
  });

  it('is not gone on with when the lease ends, and ends when it is cancelled', async () => {
    let mayRun = true;
    const web = checked(FOREVER, countedCheck());
    const start = runner.run(operation('start', web, { timeoutMs: 60_000 }), () => mayRun);
    await until('it is checked', () => existsSync(at('rounds')));
    mayRun = false;
    expect(await start).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('the lease ended') });
    const again = operation('start', web, { timeoutMs: 60_000 });
    rmSync(at('rounds'));
    const second = runner.run(again);
    await until('it is checked', () => existsSync(at('rounds')));
    runner.cancel(again.id);
    expect(await second).toMatchObject({ kind: 'unknown' });
  });
});
