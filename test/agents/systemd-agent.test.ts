import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOOTED_MARK } from '../../src/agents/systemctl.js';
import type { Operation, OperationAction, Outcome } from '../../src/model/operation.js';
import { freshFolder } from './harness/folder.js';
import { operation, resource } from './harness/operation.js';
import { describeWith, SYSTEMD } from './harness/requirements.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';
import { SystemdMachine } from './harness/systemd-machine.js';
import { until } from './harness/until.js';

const NAMESPACES = ['--cgroup', '--pid', '--mount', '--net', '--uts', '--ipc'];

/** What `systemctl enable` would make. */
const LINK = '/etc/systemd/system/lab.target.wants/lab-good.service';

/** Unit files of the machine under test. */
const UNITS: Readonly<Record<string, string>> = {
  'lab-good.service': '[Service]\nExecStart=/bin/sleep 1000\n',
  'lab-always.service': '[Service]\nExecStart=/bin/sleep 1000\nRestart=always\nRestartSec=0\n',
  'lab-unheld.service': '[Service]\nExecStart=/bin/sleep 1000\n',
  'lab@.service': '[Service]\nExecStart=/bin/sleep %i\n',
  'lab-dies.service': '[Service]\nExecStart=/bin/sh -c "exit 3"\n',
  'lab-refuses.service': '[Service]\nType=oneshot\nExecStart=/bin/false\n',
  'lab-once.service': '[Service]\nType=oneshot\nExecStart=/bin/true\n',
  'lab-kept-once.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n',
  'lab-broken.service': '[Service]\nType=nonsense\n',
  'lab-mute.service': '[Service]\nType=notify\nExecStart=/bin/sleep 1000\n',
  'lab-slow.service':
    '[Service]\nExecStartPre=/bin/sh -c "until test -e /run/lab-go; do sleep 0.05; done"\nExecStart=/bin/sleep 1000\n',
  'lab-flaps.service': '[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=1000\n',
  'lab-gate.service':
    '[Service]\nType=oneshot\nExecStart=/bin/sh -c "until test -e /run/lab-open; do sleep 0.05; done"\n',
  'lab-queued.service': '[Unit]\nAfter=lab-gate.service\n[Service]\nExecStart=/bin/sleep 1000\n',
  'lab-stubborn.service':
    '[Service]\nExecStart=/bin/sh -c "trap \'\' TERM; while :; do sleep 0.1; done"\nRestart=always\nRestartSec=0\nTimeoutStopSec=infinity\n',
  'lab-limited.service':
    '[Unit]\nStartLimitBurst=1\nStartLimitIntervalSec=1h\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "test -e /run/lab-ok"\n',
};

describeWith('a systemd unit', { files: [SYSTEMD], namespaces: NAMESPACES }, () => {
  let folder: ReturnType<typeof freshFolder>;
  let program: string;
  let machine: SystemdMachine;
  let runner: RunnerProcess;
  beforeAll(async () => {
    folder = freshFolder();
    program = await buildRunnerProgram();
    const units = freshFolder();
    for (const [name, text] of Object.entries(UNITS)) {
      const head = text.startsWith('[Unit]') ? text.slice('[Unit]\n'.length) : text;
      writeFileSync(join(units.path, name), `[Unit]\nDefaultDependencies=no\n${head}`);
    }
    machine = await SystemdMachine.boot(units.path);
    units.remove();
    runner = new RunnerProcess(program, { node: 'lb1', stateDir: '/run/fairlead' }, machine.enter);
  });
  afterAll(async () => {
    await runner?.end();
    await machine?.end();
    folder.remove();
  });

  function run(
    action: OperationAction,
    name: string,
    rest: Partial<Pick<Operation, 'timeoutMs'>> = {},
  ): Promise<Outcome> {
    return runner.run(operation(action, resource(`systemd:${name}`), rest));
  }

  it('is probed, started, monitored and stopped', async () => {
    expect(await run('probe', 'lab-good')).toEqual({ kind: 'stopped' });
    expect(await run('start', 'lab-good')).toEqual({ kind: 'done' });
    expect(machine.show('lab-good', 'ActiveState')).toBe('active');
    expect(await run('probe', 'lab-good')).toEqual({ kind: 'running' });
    expect(await run('monitor', 'lab-good')).toEqual({ kind: 'running' });
    expect(await run('stop', 'lab-good')).toEqual({ kind: 'done' });
    expect(machine.show('lab-good', 'ActiveState')).toBe('inactive');
    expect(await run('monitor', 'lab-good')).toEqual({ kind: 'stopped' });
    expect(await run('stop', 'lab-good')).toEqual({ kind: 'done' });
  });

  it('may be an instance of a template', async () => {
    expect(await run('start', 'lab@1234')).toEqual({ kind: 'done' });
    expect(await run('stop', 'lab@1234')).toEqual({ kind: 'done' });
  });

  it('that stays active without a process runs', async () => {
    expect(await run('start', 'lab-kept-once')).toEqual({ kind: 'done' });
    expect(await run('stop', 'lab-kept-once')).toEqual({ kind: 'done' });
  });

  it('that does its work once and is inactive again has not started', async () => {
    expect(await run('start', 'lab-once')).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: 'the start said that it is done, but it does not run',
    });
  });

  it('whose process dies has failed, and how is said; to a probe it is stopped', async () => {
    // systemd calls a simple service started once its process exists, so the start itself may say either.
    await run('start', 'lab-dies');
    await until('it has died', () => machine.show('lab-dies', 'ActiveState') === 'failed');
    expect(await run('monitor', 'lab-dies')).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: '"lab-dies.service" failed: exit-code, main process 3',
    });
    expect(await run('probe', 'lab-dies')).toEqual({ kind: 'stopped' });
    expect(await run('stop', 'lab-dies')).toEqual({ kind: 'done' });
  });

  it('whose start fails says so', async () => {
    const outcome = await run('start', 'lab-refuses');
    expect(outcome).toMatchObject({ kind: 'failed', class: 'soft', code: 1 });
    expect('reason' in outcome && outcome.reason).toMatch(/^systemctl start lab-refuses.service: Job for .* failed/);
  });

  it.each([
    ['lab-missing', 'there is no unit "lab-missing.service" on this node; install it'],
    ['lab-masked', '"lab-masked.service" is masked on this node; systemctl unmask lab-masked.service'],
    [
      'lab-broken',
      'the file of "lab-broken.service" cannot be loaded (bad-setting); systemctl status lab-broken.service',
    ],
  ])('%s does not run here and cannot be started here', async (name, reason) => {
    expect(await run('probe', name)).toEqual({ kind: 'stopped' });
    expect(await run('start', name)).toEqual({ kind: 'failed', class: 'node', code: null, reason });
    expect(await run('monitor', name)).toEqual({ kind: 'failed', class: 'node', code: null, reason });
    expect(await run('stop', name)).toEqual({ kind: 'done' });
  });

  it('on its way is waited for', async () => {
    machine.tryRun(['systemctl', 'start', '--no-block', 'lab-slow']);
    await until('it is on its way', () => machine.show('lab-slow', 'ActiveState') === 'activating');
    machine.tryRun(['sh', '-c', '(sleep 0.5; touch /run/lab-go) > /dev/null 2>&1 &']);
    expect(await run('monitor', 'lab-slow')).toEqual({ kind: 'running' });
    expect(await run('stop', 'lab-slow')).toEqual({ kind: 'done' });
  });

  it('that never gets there is unknown to a look, and its start ends at the deadline', async () => {
    expect(await run('start', 'lab-mute', { timeoutMs: 4000 })).toMatchObject({ kind: 'timeout' });
    expect(await run('monitor', 'lab-mute', { timeoutMs: 4000 })).toEqual({
      kind: 'unknown',
      reason: '"lab-mute.service" is activating (start) and stayed so',
    });
    expect(await run('stop', 'lab-mute')).toEqual({ kind: 'done' });
  });

  it('on its way is known to be when a later look is cut short', async () => {
    // It shows units once, and hangs then.
    const show = 'if [ "$1" = show ]; then [ -e /run/once/shown ] && exec sleep 60; touch /run/once/shown; fi';
    const text = `#!/bin/sh\nPATH=/usr/bin:/bin\n${show}\nexec systemctl "$@"\n`;
    machine.tryRun(['sh', '-c', 'mkdir /run/once; cat > /run/once/systemctl; chmod 755 /run/once/systemctl'], text);
    const other = new RunnerProcess(program, { node: 'lb1', stateDir: '/run/other', path: '/run/once' }, machine.enter);
    machine.tryRun(['systemctl', 'start', '--no-block', 'lab-mute']);
    await until('it is on its way', () => machine.show('lab-mute', 'ActiveState') === 'activating');
    const monitor = operation('monitor', resource('systemd:lab-mute'), { timeoutMs: 3000 });
    expect(await other.run(monitor)).toEqual({
      kind: 'unknown',
      reason: '"lab-mute.service" is activating (start) and stayed so',
    });
    await other.end();
    expect(await run('stop', 'lab-mute')).toEqual({ kind: 'done' });
  });

  it('whose start waits for another unit is not taken for stopped, and a stop ends the waiting', async () => {
    machine.tryRun(['systemctl', 'start', '--no-block', 'lab-gate']);
    await until('the gate is shut', () => machine.show('lab-gate', 'ActiveState') === 'activating');
    expect(await run('start', 'lab-queued', { timeoutMs: 2000 })).toMatchObject({ kind: 'timeout' });
    expect(machine.show('lab-queued', 'ActiveState')).toBe('inactive');
    expect(await run('probe', 'lab-queued', { timeoutMs: 1000 })).toEqual({
      kind: 'unknown',
      reason: '"lab-queued.service" is inactive (a job for it is queued) and stayed so',
    });
    expect(await run('monitor', 'lab-queued', { timeoutMs: 1000 })).toMatchObject({
      kind: 'failed',
      class: 'soft',
      reason: '"lab-queued.service" is inactive, and the job to start it waits for others (systemctl list-jobs)',
    });
    expect(await run('stop', 'lab-queued')).toEqual({ kind: 'done' });
    machine.tryRun(['touch', '/run/lab-open']);
    await until('the gate is open', () => machine.show('lab-gate', 'ActiveState') === 'inactive');
    expect(machine.show('lab-queued', 'ActiveState')).toBe('inactive');
  });

  it('that systemd waits to restart is not taken for running, and a stop ends the waiting', async () => {
    machine.tryRun(['systemctl', 'start', 'lab-flaps']);
    await until('it waits', () => machine.show('lab-flaps', 'SubState') === 'auto-restart');
    expect(await run('probe', 'lab-flaps', { timeoutMs: 3000 })).toEqual({
      kind: 'unknown',
      reason: '"lab-flaps.service" is activating (auto-restart) and stayed so',
    });
    expect(await run('stop', 'lab-flaps')).toEqual({ kind: 'done' });
  });

  it('that will not stop in time is not stopped, and a kill ends it for good though systemd would restart it', async () => {
    await run('start', 'lab-stubborn');
    const main = Number(machine.show('lab-stubborn', 'MainPID'));
    expect(await run('stop', 'lab-stubborn', { timeoutMs: 4000 })).toMatchObject({ kind: 'timeout' });
    expect(await run('kill', 'lab-stubborn')).toEqual({ kind: 'done' });
    expect(machine.tryRun(['test', '-d', `/proc/${main}`])).toBe(1);
    expect(machine.show('lab-stubborn', 'ActiveState')).toMatch(/^(inactive|failed)$/);
  });

  it('that failed too often for systemd is started all the same', async () => {
    expect(await run('start', 'lab-limited')).toMatchObject({ kind: 'failed' });
    expect(await run('start', 'lab-limited')).toMatchObject({ kind: 'failed' });
    machine.tryRun(['touch', '/run/lab-ok']);
    expect(await run('start', 'lab-limited')).toEqual({ kind: 'done' });
    expect(await run('stop', 'lab-limited')).toEqual({ kind: 'done' });
  });

  it('that systemd would restart by itself is not, once it was started here, whatever its own files say', async () => {
    const before = [
      'sh',
      '-c',
      'mkdir -p /etc/systemd/system/lab-always.service.d; cat > /etc/systemd/system/lab-always.service.d/z-user.conf',
    ];
    machine.tryRun(before, '[Service]\nRestart=always\n');
    expect(await run('start', 'lab-always')).toEqual({ kind: 'done' });
    expect(machine.show('lab-always', 'Restart')).toBe('no');
    machine.tryRun(['systemctl', 'kill', '--signal=SIGKILL', 'lab-always']);
    await until('it is dead', () => machine.show('lab-always', 'ActiveState') === 'failed');
    expect(await run('monitor', 'lab-always')).toMatchObject({
      kind: 'failed',
      reason: '"lab-always.service" failed: signal, main process 9',
    });
    expect(await run('start', 'lab-always')).toEqual({ kind: 'done' });
    expect(await run('stop', 'lab-always')).toEqual({ kind: 'done' });
  });

  it('asked for by another name is held by its own', async () => {
    machine.tryRun(['ln', '-s', 'lab-always.service', '/etc/systemd/system/lab-alias.service']);
    machine.tryRun(['systemctl', 'daemon-reload']);
    expect(await run('start', 'lab-alias')).toEqual({ kind: 'done' });
    expect(machine.show('lab-alias', 'Restart')).toBe('no');
    expect(await run('stop', 'lab-alias')).toEqual({ kind: 'done' });
  });

  it('that is enabled at boot is said to be by every look', async () => {
    machine.tryRun(['mkdir', '-p', dirname(LINK)]);
    machine.tryRun(['ln', '-s', '../lab-good.service', LINK]);
    const drift = 'started at boot by lab.target';
    expect(await run('probe', 'lab-good')).toEqual({ kind: 'stopped', drift });
    expect(await run('start', 'lab-good')).toEqual({ kind: 'done', drift });
    expect(await run('monitor', 'lab-good')).toEqual({ kind: 'running', drift });
    expect(await run('stop', 'lab-good')).toEqual({ kind: 'done', drift });
    expect(await run('monitor', 'lab-good')).toEqual({ kind: 'stopped', drift });
    machine.tryRun(['rm', LINK]);
    expect(await run('stop', 'lab-good')).toEqual({ kind: 'done' });
  });

  it('that cannot be held is started all the same, with a warning', async () => {
    machine.tryRun(['sh', '-c', 'echo > /run/systemd/system/lab-unheld.service.d']);
    expect(await run('start', 'lab-unheld')).toEqual({ kind: 'done' });
    expect(
      runner.log.some((line) =>
        line.startsWith('systemd may restart "lab-unheld.service" by itself, for it cannot be told not to: '),
      ),
      runner.log.join('\n'),
    ).toBe(true);
    expect(await run('stop', 'lab-unheld')).toEqual({ kind: 'done' });
  });

  it('is not guessed at while systemd does not answer', async () => {
    machine.tryRun(['mv', '/run/systemd/private', '/run/systemd/private.away']);
    try {
      expect(await run('probe', 'lab-good')).toMatchObject({ kind: 'unknown' });
      expect(await run('stop', 'lab-good')).toMatchObject({ kind: 'unknown' });
    } finally {
      machine.tryRun(['mv', '/run/systemd/private.away', '/run/systemd/private']);
    }
  });

  it('S7 may run where systemctl cannot be found and systemd is the init', async () => {
    const blind = new RunnerProcess(program, { node: 'lb1', stateDir: '/run/blind', path: '/nowhere' }, machine.enter);
    expect((await blind.run(operation('probe', resource('systemd:lab-good')))).kind).toBe('failed');
    await blind.end();
  });

  it('cannot run where systemd is not the init', async () => {
    const before = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs tmpfs /run; exec "$@"', 'sh'];
    const other = new RunnerProcess(program, { node: 'lb1', stateDir: join(folder.path, 'other') }, before);
    const good = resource('systemd:lab-good');
    expect(await other.run(operation('probe', good))).toEqual({ kind: 'stopped' });
    for (const action of ['start', 'monitor', 'stop', 'kill'] as const) {
      expect(await other.run(operation(action, good))).toMatchObject({
        kind: 'failed',
        class: 'node',
        reason: 'systemd is not the init of this machine, so it cannot run "lab-good.service"',
      });
    }
    await other.end();
  });
});

describe('a systemd unit', () => {
  let folder: ReturnType<typeof freshFolder>;
  let runner: RunnerProcess;
  beforeEach(async () => {
    folder = freshFolder();
    const program = await buildRunnerProgram();
    runner = new RunnerProcess(program, { node: 'lb1', stateDir: join(folder.path, 'run'), path: '/nowhere' });
  });
  afterEach(async () => {
    await runner.end();
    folder.remove();
  });

  it('cannot run where there is no systemctl', async () => {
    const nginx = resource('systemd:nginx');
    const probed = existsSync(BOOTED_MARK) ? 'failed' : 'stopped';
    expect((await runner.run(operation('probe', nginx))).kind).toBe(probed);
    const outcome = await runner.run(operation('start', nginx));
    expect(outcome).toMatchObject({ kind: 'failed', class: 'node' });
    expect('reason' in outcome && outcome.reason).toContain('is this a machine with systemd?');
  });
});
