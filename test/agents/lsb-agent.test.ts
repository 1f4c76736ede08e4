import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import type { AgentRunner } from '../../src/ports/agent-runner.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { operation, rememberingLog, resource } from './harness/operation.js';

let folder: ReturnType<typeof freshFolder>;
let runner: AgentRunner;
beforeEach(() => {
  folder = freshFolder();
  runner = createAgentRunner({
    node: 'lb1',
    stateDir: join(folder.path, 'run'),
    log: rememberingLog(),
    lsbFolder: join(folder.path, 'init.d'),
  });
});
afterEach(() => {
  runner.close();
  folder.remove();
});

const HTTPD = resource('lsb:httpd');

function install(text: string): void {
  writeScript(join(folder.path, 'init.d/httpd'), `#!/bin/sh\nstate=${folder.path}/state\n${text}\n`);
}

const HONEST = `case $1 in
  start) touch $state;;
  stop) rm -f $state;;
  status) [ -e $state ] || exit 3;;
esac`;

describe('an LSB script', () => {
  it('is probed, started, monitored and stopped', async () => {
    install(HONEST);
    expect(await runner.run(operation('probe', HTTPD))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', HTTPD))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', HTTPD))).toEqual({ kind: 'running' });
    expect(await runner.run(operation('stop', HTTPD))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('monitor', HTTPD))).toEqual({ kind: 'stopped' });
  });

  it('S7 of which it cannot be told whether it is installed may run', async () => {
    const script = join(folder.path, 'init.d/httpd');
    mkdirSync(join(folder.path, 'init.d'));
    symlinkSync(script, script);
    expect((await runner.run(operation('probe', HTTPD))).kind).toBe('unknown');
  });

  it.each([
    [0, 'running', 'running'],
    [1, 'stopped', 'failed'],
    [2, 'stopped', 'failed'],
    [3, 'stopped', 'stopped'],
    [4, 'unknown', 'unknown'],
    [150, 'unknown', 'unknown'],
  ])('with status %i is %s to a probe and %s to a monitor', async (status, probed, monitored) => {
    install(`exit ${status}`);
    expect((await runner.run(operation('probe', HTTPD))).kind).toBe(probed);
    expect((await runner.run(operation('monitor', HTTPD))).kind).toBe(monitored);
  });

  it.each([
    [1, 'soft'],
    [2, 'node'],
    [3, 'fatal'],
    [4, 'node'],
    [5, 'node'],
    [6, 'node'],
    [7, 'soft'],
    [99, 'soft'],
  ])('whose start exits with %i fails: %s', async (code, failureClass) => {
    install(`echo no luck >&2; exit ${code}`);
    const outcome = await runner.run(operation('start', HTTPD));
    expect(outcome).toMatchObject({ kind: 'failed', class: failureClass, code });
    expect('reason' in outcome && outcome.reason).toMatch(/^no luck \(/);
  });

  it.each([0, 1, 2, 3])('that knows no status, and says so with %i, is never taken for stopped', async (code) => {
    install(`case $1 in start|stop) exit 0;; *) echo "Usage: $0 {start|stop}"; exit ${code};; esac`);
    const reason = `its script has no "status": asked for it, it printed its usage and exited with ${code}`;
    expect(await runner.run(operation('probe', HTTPD))).toEqual({ kind: 'unknown', reason });
    expect(await runner.run(operation('monitor', HTTPD))).toEqual({ kind: 'unknown', reason });
    expect(await runner.run(operation('start', HTTPD))).toEqual({ kind: 'unknown', reason });
    expect(await runner.run(operation('stop', HTTPD))).toMatchObject({
      kind: 'unknown',
      reason: `the stop said that it is done, but that could not be confirmed: ${reason}`,
    });
  });

  it('whose status hangs after a first answer is judged by that answer', async () => {
    install(`case $1 in
      start) exit 0;;
      status) [ -e $state ] && exec sleep 60; touch $state; echo unsure; exit 4;;
    esac`);
    const before = await runner.run(operation('monitor', HTTPD));
    rmSync(join(folder.path, 'state'));
    expect(before.kind).toBe('unknown');
    expect(await runner.run(operation('start', HTTPD, { timeoutMs: 3000 }))).toEqual(before);
  });

  it('whose status says "running" whatever happens is found out by its first stop', async () => {
    install('exit 0');
    expect(await runner.run(operation('start', HTTPD))).toEqual({ kind: 'done' });
    expect(await runner.run(operation('stop', HTTPD))).toMatchObject({ kind: 'failed', class: 'soft' });
  });

  it('whose start lies is found out by its own status', async () => {
    install('[ $1 = status ] && exit 3; exit 0');
    expect(await runner.run(operation('start', HTTPD))).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: 'the start said that it is done, but it does not run',
    });
  });

  it('whose start is a moment late is believed once it is true', async () => {
    install(`case $1 in
      start) exit 0;;
      status) [ -e $state ] && exit 0; touch $state; exit 3;;
    esac`);
    expect(await runner.run(operation('start', HTTPD))).toEqual({ kind: 'done' });
  });

  it('whose stop lies is found out by its own status', async () => {
    install('exit 0');
    expect(await runner.run(operation('stop', HTTPD))).toMatchObject({
      kind: 'failed',
      reason: 'the stop said that it is done, but it still runs',
    });
  });

  it('that is not installed does not run here and cannot be started here', async () => {
    const missing = resource('lsb:missing');
    expect(await runner.run(operation('probe', missing))).toEqual({ kind: 'stopped' });
    expect(await runner.run(operation('start', missing))).toMatchObject({ kind: 'failed', class: 'node' });
    expect(await runner.run(operation('stop', missing))).toMatchObject({ kind: 'failed', class: 'node' });
  });

  it.each(['lsb:', 'lsb:../x', 'lsb:a/b', 'lsb:.hidden'])('is never looked for under the name "%s"', async (type) => {
    expect(await runner.run(operation('probe', resource(type)))).toMatchObject({ kind: 'failed', class: 'fatal' });
  });

  it('that hangs is killed at its deadline', async () => {
    install('sleep 60');
    expect(await runner.run(operation('start', HTTPD, { timeoutMs: 500 }))).toMatchObject({ kind: 'timeout' });
  });
});
