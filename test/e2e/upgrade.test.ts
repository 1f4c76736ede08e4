/** The daemons are exchanged for those of another build, one node after the other, while everything runs. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab } from './harness/describe-with-lab.js';
import type { OtherBuild } from './harness/other-build.js';
import { putBuild } from './harness/other-build.js';
import { waitUntil } from './harness/wait-until.js';
import { Cluster, leaseAndBudgetMs } from './stories/cluster.js';
import { PATIENCE_MS } from './stories/daemons.js';
import { nothingHappens } from './stories/nothing-happens.js';

/** Longer than the command that ends a daemon and the start of the next one take, one after the other, on a machine that has other things to do. */
const LEASE_MS = 6_000;

const NEXT: OtherBuild = { version: '99.1.0' };

/** Speaks a protocol that the others do not know. */
const NEWER_PROTOCOL: OtherBuild = {
  version: '99.2.0',
  change: (text) =>
    text.replace(
      /(frame\[PROTOCOL_AT\] !?==? )(\d+)/g,
      (_, words: string, number: string) => `${words}${Number(number) + 1}`,
    ),
};

/** Counter of the status. */
const OTHER_VERSION = 'bad datagrams: version';

describeWithLab('the daemons are upgraded', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    const change = (text: string): string => text.replace('lease: 1s', `lease: ${LEASE_MS}ms`);
    cluster = await Cluster.start({ form: 'builtin', change });
    await cluster.startDaemons();
  });

  afterAll(async () => {
    await cluster?.close();
  });

  it('one after the other, with two versions side by side for a while: nothing happens to the service', async () => {
    const owner = await cluster.rest();
    const expectNothingHappened = await nothingHappens(cluster, owner);

    const [first] = cluster.lab.hosts;
    for (const { name } of cluster.lab.hosts) {
      await exchange(cluster, name, NEXT);
      await cluster.untilStatus('its version', ({ software }) => software === `fairlead ${NEXT.version}`, [name]);
      await cluster.untilCalm(`rest with the new version on ${name}`);
      if (name === first?.name) await untilLapsed(cluster, name);
    }
    await untilLapsed(cluster, owner);

    await expectNothingHappened('upgraded one after the other');
  });

  it('a node of a newer protocol is counted and not heard, and hears nobody: the others go on', async () => {
    const owner = await cluster.rest();
    const [bystander] = cluster.hostsExcept(owner);
    const name = bystander?.name ?? '';
    const others = cluster.hostsExcept(name).map((host) => host.name);
    const expectNothingHappened = await nothingHappens(cluster, owner);

    await exchange(cluster, name, NEWER_PROTOCOL);

    const longEnoughMs = leaseAndBudgetMs('builtin') + LEASE_MS;
    await cluster.untilStatus(
      'a node that is not heard, and that is counted',
      ({ nodes, counters }) =>
        (counters[OTHER_VERSION] ?? 0) > 10 &&
        nodes.some((node) => node.node === name && node.heardAgoMs !== null && node.heardAgoMs > longEnoughMs),
      others,
    );
    const [alone] = await cluster.untilStatus(
      'what it hears',
      ({ counters, quorum }) => (counters[OTHER_VERSION] ?? 0) > 10 && !quorum.quorate,
      [name],
    );
    expect(alone?.quorum.acks).not.toContain(owner);
    expect(await cluster.owner()).toBe(owner);

    await exchange(cluster, name, NEXT);

    await cluster.untilCalm('rest with one protocol');
    await expectNothingHappened('a newer protocol on one node');
  });
});

/** Ends a daemon as a package does that is upgraded, and starts that of the other build. */
async function exchange(cluster: Cluster, name: string, build: OtherBuild): Promise<void> {
  const program = putBuild(cluster.lab.host(name), join(cluster.lab.folder, name, 'disk'), build);
  const former = cluster.daemon(name);
  const outcome = await cluster.fairlead(name, ['detach']);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  await waitUntil(`the end of the daemon of ${name}`, () => former.hasExited, {
    timeoutMs: PATIENCE_MS,
    onTimeout: () => former.output.slice(-3000),
  });
  expect(await former.exited, former.output.slice(-2000)).toEqual({ code: 0, signal: null });
  await cluster.startDaemon(name, { program });
}

/** Waits until the exchange of a daemon would have ended what it could. */
async function untilLapsed(cluster: Cluster, name: string): Promise<void> {
  const longEnoughMs = leaseAndBudgetMs('builtin') + LEASE_MS;
  await cluster.untilStatus('a daemon that is up for longer than a lease', ({ uptimeMs }) => uptimeMs > longEnoughMs, [
    name,
  ]);
}
