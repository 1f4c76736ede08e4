/** What a service tells a real systemd. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildInto } from '../agents/harness/build-programs.js';
import { freshFolder } from '../agents/harness/folder.js';
import { describeWith, SYSTEMD } from '../agents/harness/requirements.js';
import { SystemdMachine } from '../agents/harness/systemd-machine.js';
import { until } from '../agents/harness/until.js';
import { ServiceNotice } from '../../src/daemon/service-notice.js';
import { rememberingLog } from '../agents/harness/operation.js';
import { ManualClock } from '../host/manual-clock.js';

describeWith(
  'a service that tells systemd how it stands',
  { files: [SYSTEMD], namespaces: ['--cgroup', '--pid', '--mount', '--net', '--uts', '--ipc'] },
  () => {
    let folder: ReturnType<typeof freshFolder>;
    let machine: SystemdMachine;
    beforeAll(async () => {
      folder = freshFolder();
      const pathOf = await buildInto(folder.path, { notice: new URL('./service-notice-main.ts', import.meta.url) });
      const units = join(folder.path, 'units');
      mkdirSync(units);
      writeFileSync(
        join(units, 'lab-told.service'),
        `[Unit]
DefaultDependencies=no
[Service]
Type=notify
NotifyAccess=all
ExecStart=${process.execPath} ${pathOf('notice')}
WatchdogSec=4s
WatchdogSignal=SIGKILL
Restart=always
RestartSec=0
`,
      );
      machine = await SystemdMachine.boot(units);
    });
    afterAll(async () => {
      await machine?.end();
      folder.remove();
    });

    it('has started when it says so, lives while it feeds the watchdog, is restarted when it hangs, and says that it ends', async () => {
      expect(machine.tryRun(['systemctl', 'start', 'lab-told'])).toBe(0);
      const pid = machine.show('lab-told', 'MainPID');
      const fed = machine.show('lab-told', 'WatchdogTimestampMonotonic');
      await until('the watchdog is fed again', () => machine.show('lab-told', 'WatchdogTimestampMonotonic') !== fed);
      expect(machine.show('lab-told', 'MainPID')).toBe(pid);

      machine.tryRun(['touch', '/run/hang']);
      await until('it is restarted', () => machine.show('lab-told', 'NRestarts') === '1');
      machine.tryRun(['rm', '/run/hang']);
      await until('it is up again', () => machine.show('lab-told', 'ActiveState') === 'active');

      // It does not end by itself at once, so what is seen first is what it said.
      machine.tryRun(['systemctl', 'kill', '--kill-whom=main', 'lab-told']);
      await until('it says that it ends', () => machine.show('lab-told', 'ActiveState') === 'deactivating');
      machine.tryRun(['systemctl', 'stop', 'lab-told']);
    });
  },
);

it('says nothing where nobody listens, and says once that it could not be said', async () => {
  const clock = new ManualClock();
  const quiet = rememberingLog();
  new ServiceNotice({ environment: {}, clock, log: quiet }).ready();
  expect(clock.waiting).toBe(0);

  const other = { NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '3000000', WATCHDOG_PID: '1' };
  new ServiceNotice({ environment: other, clock, log: quiet }).stop();
  const log = rememberingLog();
  const notice = new ServiceNotice({ environment: { ...other, WATCHDOG_PID: String(process.pid) }, clock, log });
  notice.ready();
  await until('it is told', () => log.sentences.length > 0);
  expect(log.sentences[0]?.sentence).toMatch(/^systemd could not be told that the daemon is up: ./);
  clock.advance(1000);
  await until('the next is told', () => log.sentences.length > 1);
  expect(log.sentences[1]?.sentence).toMatch(/^systemd could not be told that the daemon lives: ./);
  notice.stop();
  expect(clock.waiting).toBe(0);
  expect(quiet.sentences).toEqual([]);
});
