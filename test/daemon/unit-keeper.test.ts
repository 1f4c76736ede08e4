/** The keeper of units beside a real systemd. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { buildInto } from '../agents/harness/build-programs.js';
import { freshFolder } from '../agents/harness/folder.js';
import { describeWith, SYSTEMD } from '../agents/harness/requirements.js';
import { SystemdMachine } from '../agents/harness/systemd-machine.js';
import type { KeeperAnswer, KeeperOrder } from './unit-keeper-main.js';

const SLEEPER = '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sleep 1000\nRestart=always\n';
const UNITS: Readonly<Record<string, string>> = {
  'lab-a.service': SLEEPER,
  'lab-b.service': SLEEPER,
  'lab-enabled.service': `${SLEEPER}[Install]\nWantedBy=lab.target\n`,
};

/** More than are asked for at once. */
const MANY = Array.from({ length: 120 }, (_, number) => `lab-many-${number}`);

describeWith(
  'the keeper of units',
  { files: [SYSTEMD], namespaces: ['--cgroup', '--pid', '--mount', '--net', '--uts', '--ipc'] },
  () => {
    let folder: ReturnType<typeof freshFolder>;
    let program: string;
    let machine: SystemdMachine;
    let keeper: ChildProcess;
    beforeAll(async () => {
      folder = freshFolder();
      const pathOf = await buildInto(folder.path, { keeper: new URL('./unit-keeper-main.ts', import.meta.url) });
      program = pathOf('keeper');
      const units = freshFolder();
      for (const [name, text] of Object.entries(UNITS)) writeFileSync(join(units.path, name), text);
      for (const name of MANY) writeFileSync(join(units.path, `${name}.service`), SLEEPER);
      machine = await SystemdMachine.boot(units.path);
      units.remove();
    });
    afterAll(async () => {
      await machine?.end();
      folder.remove();
    });
    afterEach(async () => {
      await ask({ kind: 'let-go' });
      keeper.stdin?.end();
      await once(keeper, 'exit');
    });

    function begin(node: string): void {
      const [first = '', ...words] = [...machine.enter, process.execPath, program, node];
      keeper = spawn(first, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    }

    async function ask(order: KeeperOrder): Promise<KeeperAnswer> {
      const lines = createInterface({ input: keeper.stdout ?? process.stdin });
      keeper.stdin?.write(`${JSON.stringify(order)}\n`);
      const [line] = await once(lines, 'line');
      lines.close();
      return JSON.parse(String(line));
    }

    async function roundWith(units: readonly string[]): Promise<KeeperAnswer> {
      await ask({ kind: 'units', units });
      return ask({ kind: 'round' });
    }

    const restartOf = (...units: string[]): string[] => units.map((unit) => machine.show(unit, 'Restart'));

    it('holds what the spec names, lets go of what it names no longer, and gives everything back at the end', async () => {
      begin('n1');
      await roundWith(['lab-a', 'lab-b']);
      expect(restartOf('lab-a', 'lab-b', 'lab-enabled')).toEqual(['no', 'no', 'always']);
      await roundWith(['lab-b', 'lab-enabled']);
      expect(restartOf('lab-a', 'lab-b', 'lab-enabled')).toEqual(['always', 'no', 'no']);
      const { log } = await ask({ kind: 'let-go' });
      expect(restartOf('lab-a', 'lab-b', 'lab-enabled')).toEqual(['always', 'always', 'always']);
      expect(log).toEqual([]);
    });

    it('leaves drop-ins of others alone', async () => {
      begin('n1');
      const other = '/run/systemd/system/lab-a.service.d/zzz-fairlead-other.conf';
      machine.tryRun(['mkdir', '-p', '/run/systemd/system/lab-a.service.d']);
      machine.tryRun(['tee', other], '[Service]\nRestart=on-abort\n');
      await roundWith(['lab-a']);
      await ask({ kind: 'let-go' });
      expect(restartOf('lab-a')).toEqual(['on-abort']);
      machine.tryRun(['rm', other]);
      machine.tryRun(['systemctl', 'daemon-reload']);
    });

    it('holds many, and takes no notice of what is not there', async () => {
      begin('n1');
      await roundWith([...MANY, 'lab-missing', 'lab-masked']);
      expect(restartOf('lab-many-0', 'lab-many-119')).toEqual(['no', 'no']);
      expect(machine.tryRun(['ls', '/run/systemd/system/lab-missing.service.d'])).not.toBe(0);
    });

    it('holds nothing for a witness', async () => {
      begin('wit');
      await roundWith(['lab-a']);
      expect(restartOf('lab-a')).toEqual(['always']);
    });

    it('tells of a unit that is enabled at boot for as long as it is, or the spec names it', async () => {
      begin('n1');
      const sentence =
        'warning: "lab-enabled.service" is started by lab.target at boot, where fairlead may not want it; `systemctl disable lab-enabled.service`';
      expect((await roundWith(['lab-enabled'])).conditions).toEqual([]);
      machine.tryRun(['systemctl', 'enable', 'lab-enabled']);
      expect((await ask({ kind: 'round' })).conditions).toEqual([sentence]);
      expect((await ask({ kind: 'round' })).log).toEqual([]);
      expect((await roundWith(['lab-a'])).conditions).toEqual([]);
      expect((await roundWith(['lab-enabled'])).conditions).toEqual([sentence]);
      machine.tryRun(['systemctl', 'disable', 'lab-enabled']);
      expect(await ask({ kind: 'round' })).toEqual({
        conditions: [],
        log: ['"lab-enabled.service" is not started at boot any more'],
      });
    });

    it('says once that systemd cannot be told, and leaves what it knows as it is while systemd does not answer', async () => {
      begin('n1');
      machine.tryRun(['systemctl', 'enable', 'lab-enabled']);
      const before = await roundWith(['lab-enabled']);
      machine.tryRun(['mv', '/run/systemd/private', '/run/systemd/private.away']);
      try {
        expect((await ask({ kind: 'round' })).conditions).toEqual(before.conditions);
      } finally {
        machine.tryRun(['mv', '/run/systemd/private.away', '/run/systemd/private']);
      }
      machine.tryRun(['tee', '/run/systemd/system/lab-b.service.d']);
      const { log } = await roundWith(['lab-b', 'lab-enabled']);
      expect(log[0]).toMatch(/^systemd may restart lab-b.service by itself, for it cannot be told not to: /);
      expect((await ask({ kind: 'round' })).log).toEqual([]);
      machine.tryRun(['rm', '/run/systemd/system/lab-b.service.d']);
    });

    it('says that it could not let go', async () => {
      begin('n1');
      await roundWith(['lab-a']);
      const held = '/run/systemd/system/lab-a.service.d';
      machine.tryRun(['mount', '--bind', '--options', 'ro', held, held]);
      machine.tryRun(['mount', '--options', 'remount,bind,ro', held]);
      const { log } = await ask({ kind: 'let-go' });
      expect(log[0]).toMatch(/^systemd still leaves lab-a.service alone, for it cannot be told otherwise: EROFS/);
      machine.tryRun(['umount', held]);
    });
  },
);
