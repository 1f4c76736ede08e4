/** The unit file on a real systemd, with a program in the place of the daemon that says how it was ended. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.js';
import { freshFolder, writeScript } from '../agents/harness/folder.js';
import { describeWith, SYSTEMD } from '../agents/harness/requirements.js';
import { SystemdMachine } from '../agents/harness/systemd-machine.js';
import { until } from '../agents/harness/until.js';

const UNIT = fileURLToPath(new URL('../../examples/systemd/fairlead.service', import.meta.url));

/** Notes what it is told in a file of the machine's own tmpfs; `detach` ends the daemon at once, as the real one does. */
const PROGRAM = `#!/bin/bash
case $1 in
run) trap 'echo handed over >> /run/told; exit 0' TERM; trap 'exit ${EXIT.left}' USR1; echo $$ > /run/daemon; systemd-notify --ready; while :; do sleep 1 & wait $!; done ;;
detach) echo detached >> /run/told; kill -KILL "$(cat /run/daemon)" ;;
esac
`;

describeWith(
  'the unit file on a real systemd',
  { files: [SYSTEMD], namespaces: ['--cgroup', '--pid', '--mount', '--net', '--uts', '--ipc'] },
  () => {
    let units: ReturnType<typeof freshFolder>;
    let machine: SystemdMachine;
    beforeAll(async () => {
      units = freshFolder();
      writeScript(join(units.path, 'fairlead'), PROGRAM);
      const files = join(units.path, 'units');
      mkdirSync(files);
      // This machine has no network target, and its disk takes no state.
      const text = readFileSync(UNIT, 'utf8')
        .replace('[Service]\n', `[Service]\nEnvironment=PATH=${units.path}:/usr/bin:/bin\n`)
        .replace(/^(Wants|After)=.*$/gm, 'DefaultDependencies=no')
        .replace(/^StateDirectory.*$/gm, '');
      writeFileSync(join(files, 'fairlead.service'), text);
      machine = await SystemdMachine.boot(files);
    });
    afterAll(async () => {
      await machine.end();
      units.remove();
    });

    /** Whether a line was noted so often. */
    const isTold = (line: string, times: number): boolean =>
      machine.tryRun(['sh', '-c', `test "$(grep -cx '${line}' /run/told)" = ${times}`]) === 0;

    const daemonRuns = (): boolean => machine.tryRun(['sh', '-c', 'kill -0 "$(cat /run/daemon)"']) === 0;

    it('a restart detaches, a stop hands over', async () => {
      machine.tryRun(['systemctl', 'start', 'fairlead']);
      await until('the daemon runs', daemonRuns);

      expect(machine.tryRun(['systemctl', 'restart', 'fairlead'])).toBe(0);
      await until('the daemon runs again', daemonRuns);
      expect(isTold('detached', 1)).toBe(true);
      expect(isTold('handed over', 0)).toBe(true);

      expect(machine.tryRun(['systemctl', 'stop', 'fairlead'])).toBe(0);
      expect(isTold('detached', 1)).toBe(true);
      expect(isTold('handed over', 1)).toBe(true);
      expect(daemonRuns()).toBe(false);
    });

    it('a daemon that was asked to leave stays away, one that ended by itself comes back, and neither is a failure', async () => {
      machine.tryRun(['systemctl', 'start', 'fairlead']);
      await until('the daemon runs', daemonRuns);
      machine.tryRun(['sh', '-c', 'kill -TERM "$(cat /run/daemon)"']);
      await until('another one runs', () => machine.show('fairlead', 'NRestarts') === '1' && daemonRuns());

      machine.tryRun(['sh', '-c', 'kill -USR1 "$(cat /run/daemon)"']);

      await until('it is down', () => machine.show('fairlead', 'ActiveState') === 'inactive');
      expect(machine.show('fairlead', 'SubState')).toBe('dead');
      expect(machine.show('fairlead', 'Result')).toBe('success');
      expect(daemonRuns()).toBe(false);
    });
  },
);
