/** The kill path of an address, which needs a network of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallRecords } from '../../src/agents/call-records.js';
import { sendSignal } from '../../src/agents/process-table.js';
import type { MemberEnd } from '../../src/guard/agent-call.js';
import { GUARD_FILES, readNamed } from '../../src/guard/guard-files.js';
import type { GuardAct } from '../../src/guard/guard-reports.js';
import { takeActs } from '../../src/guard/guard-reports.js';
import { Killer } from '../../src/guard/kill.js';
import { endGuard, GUARD_NODE_OPTIONS } from '../../src/guard/start-guard.js';
import type { GuardedMember } from '../../src/model/guard-orders.js';
import { killPathOf } from '../../src/model/kill-path.js';
import { freshFolder, writeScript } from '../agents/harness/folder.js';
import type { NetNamespace } from '../agents/harness/net-namespace.js';
import { makeJoinedPair } from '../agents/harness/net-namespace.js';
import { operation, rememberingLog, resource } from '../agents/harness/operation.js';
import { describeWith, IP } from '../agents/harness/requirements.js';
import { until } from '../agents/harness/until.js';
import { builtPrograms } from './harness/programs.js';
import { Writer } from './harness/writer.js';

const programs = builtPrograms();

describeWith('R13 a guard in a network of its own', { files: [IP], namespaces: ['--net'] }, () => {
  let folder: ReturnType<typeof freshFolder>;
  let runDir: string;
  let network: NetNamespace;
  let neighbour: NetNamespace;
  beforeAll(async () => {
    folder = freshFolder();
    runDir = join(folder.path, 'run');
    mkdirSync(runDir);
    ({ here: network, there: neighbour } = await makeJoinedPair());
  });
  afterAll(async () => {
    await endGuard(runDir);
    network.end();
    neighbour.end();
    folder.remove();
  });

  it('takes an address away when the daemon is killed, and leaves the others', async () => {
    network.ip('address add 10.7.0.50/24 dev eth0');
    network.ip('address add 10.7.0.51/24 dev eth0');
    const settings = JSON.stringify({ runDir, node: 'lb1', owner: '0'.repeat(24), software: 'test' });
    const [first = '', ...words] = [
      ...network.enter,
      process.execPath,
      ...GUARD_NODE_OPTIONS,
      programs().guard,
      settings,
    ];
    spawn(first, words, { detached: true, stdio: 'ignore' }).unref();
    await until('the guard is named', () => readNamed(runDir, GUARD_FILES.guard));
    const vip: GuardedMember = { resource: 'vip', path: { kind: 'address', params: { address: '10.7.0.50/24' } } };
    const writer = await Writer.start(programs().writer, {
      runDir,
      everyMs: 50,
      leaseMs: 1000,
      budgetMs: 2000,
      members: [vip],
    });

    await writer.kill();

    const acts = await until('the guard has acted', (): readonly GuardAct[] | null => {
      const found = takeActs(runDir);
      return found.length > 0 ? found : null;
    });
    expect(acts).toMatchObject([{ ended: ['vip'], left: [] }]);
    expect(network.holds('10.7.0.50')).toBe(false);
    expect(network.holds('10.7.0.51')).toBe(true);
    expect(network.holds('10.7.0.1')).toBe(true);
  });

  describe('that finds a start of an OCF address which a dead daemon left under way', () => {
    const vip = resource('ocf:heartbeat:IPaddr2', { ip: '10.7.0.60', nic: 'eth0' }, 'vip');
    const at = (name: string): string => join(folder.path, name);
    let killer: Killer;
    let left: ChildProcess;
    beforeEach(() => {
      const ip = writeScript(at('bin/ip'), `#!/bin/sh\nexec ${network.enter.join(' ')} ${IP.path} "$@"\n`);
      killer = new Killer({
        runDir,
        owner: '0'.repeat(24),
        log: rememberingLog(),
        path: `${dirname(ip)}:${process.env.PATH}`,
      });
    });
    afterEach(() => {
      sendSignal(-(left.pid ?? 0), 'SIGKILL');
      network.ip('address flush dev eth0 to 10.7.0.60');
      rmSync(at('go'), { force: true });
    });

    /** Begins what is written down as its start. It goes on when there is a file `go`. */
    async function leave(text: string): Promise<void> {
      const note = new CallRecords(join(runDir, 'calls')).noteFor(operation('start', vip));
      note?.begins();
      const [enter = '', ...words] = network.enter;
      left = spawn(enter, [...words, 'bash', '-c', `${text}`], { detached: true, stdio: 'ignore' });
      note?.started(left.pid ?? 0);
      await until('it has begun', () => existsSync(at('begun')));
      rmSync(at('begun'));
    }

    async function kill(isLate: boolean): Promise<readonly MemberEnd[]> {
      const path = killPathOf(vip);
      return path === null ? [] : killer.endAll([{ resource: 'vip', path }], { isLate });
    }

    it.each([false, true])('ends it first, for it would add the address afterwards (late: %s)', async (isLate) => {
      const wait = `until [ -e ${at('go')} ]; do sleep 0.02; done`;
      await leave(`trap '' TERM; touch ${at('begun')}; ${wait}; ip address add 10.7.0.60/24 dev eth0`);
      if (!isLate) network.ip('address add 10.7.0.60/24 dev eth0');

      expect(await kill(isLate)).toEqual([{ resource: 'vip', why: null, wasThere: !isLate }]);

      writeFileSync(at('go'), '');
      await until('it is over', () => (left.exitCode ?? left.signalCode) !== null);
      expect([left.signalCode, network.holds('10.7.0.60')]).toEqual(['SIGKILL', false]);
    });

    it.each([false, true])(
      'proves nothing while it may be there, and takes the address away (late: %s)',
      async (isLate) => {
        // What is left of it bears no mark, and its leader is gone.
        await leave(`sleep 60 & touch ${at('begun')}`);
        await until('its leader is gone', () => left.exitCode !== null);
        network.ip('address add 10.7.0.60/24 dev eth0');

        const why = expect.stringMatching(/^process \d+ may be what is left of its start and cannot be told apart/);
        expect(await kill(isLate)).toEqual([{ resource: 'vip', why, wasThere: true }]);
        expect(network.holds('10.7.0.60')).toBe(false);

        sendSignal(-(left.pid ?? 0), 'SIGKILL');
        await until('all of it is gone', () => !sendSignal(-(left.pid ?? 0), 0));
        expect(await kill(isLate)).toEqual([{ resource: 'vip', why: null, wasThere: !isLate }]);
      },
    );
  });
});
