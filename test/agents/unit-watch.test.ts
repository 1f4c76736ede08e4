import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { freshFolder } from './harness/folder.js';
import { operation, resource } from './harness/operation.js';
import { describeWith, SYSTEMD } from './harness/requirements.js';
import { buildRunnerProgram, RunnerProcess } from './harness/runner-process.js';
import { SystemdMachine } from './harness/systemd-machine.js';
import { until } from './harness/until.js';

const NAMESPACES = ['--cgroup', '--pid', '--mount', '--net', '--uts', '--ipc'];

const UNITS: Readonly<Record<string, string>> = {
  'lab-good.service': '[Service]\nExecStart=/bin/sleep 1000\n[Install]\nAlias=lab-alias.service\n',
  'lab-other.service': '[Service]\nExecStart=/bin/sleep 1000\nExecReload=/bin/true\n',
};

describeWith('a unit that is watched', { files: [SYSTEMD], namespaces: NAMESPACES }, () => {
  let folder: ReturnType<typeof freshFolder>;
  let program: string;
  let machine: SystemdMachine;
  let runner: RunnerProcess;
  beforeAll(async () => {
    folder = freshFolder();
    program = await buildRunnerProgram();
    const units = freshFolder();
    for (const [name, text] of Object.entries(UNITS)) {
      writeFileSync(join(units.path, name), `[Unit]\nDefaultDependencies=no\n${text}`);
    }
    machine = await SystemdMachine.boot(units.path);
    units.remove();
    machine.tryRun(['systemctl', 'enable', 'lab-good']);
  });
  beforeEach(() => {
    runner = new RunnerProcess(program, { node: 'lb1', stateDir: '/run/fairlead' }, machine.enter);
  });
  afterEach(async () => {
    machine.tryRun(['systemctl', 'stop', 'lab-good', 'lab-other']);
    await runner.end();
  });
  afterAll(async () => {
    await machine?.end();
    folder.remove();
  });

  /** Has them found running, so that what happens from now on is told, and nothing of before. */
  async function follow(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      machine.tryRun(['systemctl', 'start', name]);
      const probe = operation('probe', resource(`systemd:${name}`, {}, name));
      expect(await runner.run(probe)).toEqual({ kind: 'running' });
      await until('the nudge with which it begins', () => runner.nudges.length > 0);
    }
    runner.nudges.length = 0;
  }

  const told = () => new Set(runner.nudges);

  it('is told of when it is killed, alone', async () => {
    await follow('lab-good', 'lab-other');
    machine.tryRun(['systemctl', 'kill', '--signal=SIGKILL', 'lab-good']);
    await until('a nudge', () => runner.nudges.length > 0);
    expect(told()).toEqual(new Set(['lab-good']));
    expect(await runner.run(operation('monitor', resource('systemd:lab-good')))).toMatchObject({ kind: 'failed' });
  });

  it('is told of when it is stopped by hand, also under another name than its own', async () => {
    await follow('lab-alias');
    machine.tryRun(['systemctl', 'stop', 'lab-good']);
    await until('a nudge', () => runner.nudges.length > 0);
    expect(told()).toEqual(new Set(['lab-alias']));
  });

  it('is not told of for what leaves it up', async () => {
    await follow('lab-good', 'lab-other');
    machine.tryRun(['systemctl', 'reload', 'lab-other']);
    machine.tryRun(['systemctl', 'set-property', '--runtime', 'lab-other', 'CPUWeight=50']);
    machine.tryRun(['systemctl', 'kill', '--signal=SIGKILL', 'lab-good']);
    await until('a nudge', () => runner.nudges.length > 0);
    expect(told()).toEqual(new Set(['lab-good']));
  });

  it('is watched anew when systemd has closed the connection, which is said', async () => {
    await follow('lab-good');
    machine.tryRun(['systemctl', 'daemon-reexec']);
    await until('it is there again', () => runner.eventsLost.includes('units again'));
    const before = runner.eventsLost.slice(0, -1);
    expect(before.length).toBeGreaterThan(0);
    expect(runner.eventsLost).toEqual([
      ...before.map(() => expect.stringMatching(/^no units: systemd /)),
      'units again',
    ]);
    await until('the look that makes good', () => runner.nudges.length > 0);
    runner.nudges.length = 0;
    machine.tryRun(['systemctl', 'kill', '--signal=SIGKILL', 'lab-good']);
    await until('a nudge', () => runner.nudges.length > 0);
  });

  it('cannot be watched where there is no systemd, which is said', async () => {
    const here = freshFolder();
    const outside = new RunnerProcess(program, { node: 'lb1', stateDir: join(here.path, 'run') }, [
      'unshare',
      '--mount',
      'sh',
      '-c',
      'mount -t tmpfs tmpfs /run && exec "$@"',
      'sh',
    ]);
    await outside.run(operation('start', resource('systemd:lab-good')));
    await until('it is said', () => outside.eventsLost.length > 0);
    const sentence = 'no units: systemd cannot be reached: connect ENOENT /run/systemd/private';
    expect(new Set(outside.eventsLost)).toEqual(new Set([sentence]));
    await outside.end();
    here.remove();
  });
});
