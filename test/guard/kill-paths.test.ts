/** The kill path of an address, which needs a network of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GUARD_FILES, readNamed } from '../../src/guard/guard-files.js';
import type { GuardAct } from '../../src/guard/guard-reports.js';
import { takeActs } from '../../src/guard/guard-reports.js';
import { endGuard, GUARD_NODE_OPTIONS } from '../../src/guard/start-guard.js';
import type { GuardedMember } from '../../src/model/guard-orders.js';
import { freshFolder } from '../agents/harness/folder.js';
import type { NetNamespace } from '../agents/harness/net-namespace.js';
import { makeJoinedPair } from '../agents/harness/net-namespace.js';
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
});
