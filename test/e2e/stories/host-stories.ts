import { expect, it } from 'vitest';
import type { Status } from '../../../src/model/status.js';
import type { Host } from '../harness/host.js';
import { DISK } from '../harness/host-set-up.js';
import { VIRTUAL_ADDRESS } from '../harness/lab.js';
import { waitUntil } from '../harness/wait-until.js';
import type { Cluster } from './cluster.js';
import { leaseAndBudgetMs } from './cluster.js';
import { PATIENCE_MS } from './daemons.js';

/** Stories of an owner that dies or is cut off. */
export function tellHostStories(clusterOf: () => Cluster): void {
  it('the owner crashes: another host takes over, and tells those who want to know', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    await addReceivers(cluster);
    const fromMs = cluster.probe.mark();

    await cluster.lab.host(owner).crash();

    const next = await takeover(cluster, { from: owner, fromMs });
    await cluster.tell('host crash', fromMs);
    const [dead, taken] = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).slice(-2);
    expect(dead).toMatchObject({ host: owner, ended: 'died' });
    expect(taken).toMatchObject({ host: next, untilMs: null });
    await untilToldOf(cluster, next);
    cluster.writeSpec({});
  });

  it('the dead host returns: it gets nothing back', async () => {
    const cluster = clusterOf();
    const dead = cluster.lab.hosts.find(({ isUp }) => !isUp) ?? (await crashOwner(cluster));
    const [some] = cluster.hostsExcept(dead.name);
    await cluster.untilStatus('a group that runs', ({ groups }) => groups[0]?.state === 'running', [some?.name ?? '']);
    const owner = await cluster.owner();
    const before = await cluster.standing(owner);
    const fromMs = cluster.probe.mark();

    await dead.boot();
    await cluster.startDaemon(dead.name);

    await cluster.untilCalm('rest after the return');
    const longEnoughMs = leaseAndBudgetMs(cluster.form);
    await cluster.untilStatus('a daemon up for longer than a lease', ({ uptimeMs }) => uptimeMs > longEnoughMs, [
      dead.name,
    ]);
    const report = await cluster.tell('the dead host returns', fromMs);
    expect(await cluster.owner()).toBe(owner);
    expect(await cluster.standing(owner)).toEqual(before);
    expect(report.outages).toEqual([]);
  });

  it('the owner is isolated: it gives up the address before another host takes it', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const fromMs = cluster.probe.mark();

    await cluster.lab.host(owner).cut();

    const next = await takeover(cluster, { from: owner, fromMs });
    await cluster.tell('isolation of the owner', fromMs);
    const [given, taken] = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).slice(-2);
    expect(given).toMatchObject({ host: owner, ended: 'removed' });
    expect(taken).toMatchObject({ host: next, untilMs: null });
    expect(given?.untilMs ?? Number.POSITIVE_INFINITY).toBeLessThan(taken?.fromMs ?? 0);
    expect(await cluster.nginx(owner)).toEqual([]);
    const isolated = await cluster.status(owner);
    expect(isolated?.quorum.quorate).toBe(false);
    expect(isolated?.conditions.map(({ kind }) => kind)).toContain('no-quorum');

    const healMs = cluster.probe.mark();
    await cluster.lab.host(owner).heal();

    await cluster.untilCalm('rest after the cut is healed');
    const report = await cluster.tell('the cut is healed', healMs);
    expect(await cluster.owner()).toBe(next);
    expect(report.outages).toEqual([]);
  });
}

/** Stories of losses after which nothing may move, so that no agent is called. */
export function tellLossStories(clusterOf: () => Cluster): void {
  it('a minority crashes: nothing moves', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const [bystander] = cluster.hostsExcept(owner);

    await expectNothingMoves(cluster, {
      owner,
      title: 'minority crashed',
      lose: bystander,
      how: (host) => host.crash(),
    });
  });

  it('the witness is cut off: nothing moves', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const [witness] = cluster.hostsExcept(owner);
    const nodes = { [witness?.name ?? '']: { role: 'witness' } } as const;
    cluster.writeSpec({ nodes });
    await cluster.untilStatus('the new role', (status) =>
      status.nodes.some(({ node, role }) => node === witness?.name && role === 'witness'),
    );
    await cluster.untilCalm('rest with a witness');

    await expectNothingMoves(cluster, { owner, title: 'witness cut off', lose: witness, how: (host) => host.cut() });

    const status = await cluster.status(witness?.name ?? '');
    expect(status?.quorum.quorate).toBe(false);
  });

  it('one of two links is lost: nothing moves, and the status says so', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const before = await cluster.standing(owner);
    const fromMs = cluster.probe.mark();

    await cluster.lab.host(owner).cut({ link: 1 });

    const isToldBy = (kinds: readonly string[]): boolean => kinds.includes('link-lost');
    await cluster.untilStatus('a lost link', ({ conditions }) => isToldBy(conditions.map(({ kind }) => kind)));
    const longEnoughMs = leaseAndBudgetMs(cluster.form);
    await waitSince(cluster, { fromMs, longEnoughMs });
    const report = await cluster.tell('one of two links lost', fromMs);
    expect(await cluster.standing(owner)).toEqual(before);
    expect(report.outages).toEqual([]);

    await cluster.lab.heal();

    await cluster.untilStatus('no lost link', ({ conditions }) => !isToldBy(conditions.map(({ kind }) => kind)));
  });
}

/** Writes what it is told as Pacemaker's own script does. */
const ALERT_SCRIPT = `#!/bin/sh
[ -n "$CRM_alert_version" ] || exit 0
echo "Resource operation '\${CRM_alert_task}' for '\${CRM_alert_rsc}' on '\${CRM_alert_node}': \${CRM_alert_desc}" >> "\${CRM_alert_recipient}"
`;

/** A script for Pacemaker, and a receiver that is not there: a take-over waits for neither. */
const RECEIVERS = `alerts:
  log: { program: ${DISK}/alert.sh, recipient: ${DISK}/alerts.log, events: [failover] }
  dead: { webhook: "http://10.77.0.99:9/", timeout: 1s, retries: 0, events: [failover] }
`;

async function addReceivers(cluster: Cluster): Promise<void> {
  for (const host of cluster.lab.hosts) host.writeFile('alert.sh', ALERT_SCRIPT, 0o755);
  const names = cluster.lab.hosts.map(({ name }) => name);
  const before = (await cluster.status(names[0] ?? ''))?.revision?.hash;
  cluster.writeSpec({ change: (text) => `${text}${RECEIVERS}` });
  await cluster.untilStatus('the receivers in force', ({ revision }) => revision?.hash !== before, names);
}

/** The new owner told the script, and its status has the receiver that was not there. */
async function untilToldOf(cluster: Cluster, owner: string): Promise<void> {
  const isUndelivered = ({ conditions }: Status) => conditions.some(({ kind }) => kind === 'alert-undelivered');
  await cluster.untilStatus('a receiver that is not there', isUndelivered, [owner]);
  const told = async (): Promise<string> => (await cluster.lab.host(owner).exec(['cat', `${DISK}/alerts.log`])).stdout;
  await waitUntil('what the script writes', async () => (await told()) !== '', { timeoutMs: PATIENCE_MS });
  expect(await told()).toBe(`Resource operation 'start' for 'web' on '${owner}': ok\n`);
}

/** Waits until another host than `from` answers; returns it. */
async function takeover(
  cluster: Cluster,
  options: { readonly from: string; readonly fromMs: number },
): Promise<string> {
  const others = cluster.hostsExcept(options.from).map(({ name }) => name);
  const body = await cluster.untilAnswered({ by: others, sinceMs: options.fromMs });
  return body;
}

async function crashOwner(cluster: Cluster): Promise<Host> {
  const owner = await cluster.rest();
  const fromMs = cluster.probe.mark();
  await cluster.lab.host(owner).crash();
  await takeover(cluster, { from: owner, fromMs });
  return cluster.lab.host(owner);
}

/** Loses a host that owns nothing, and waits until anything that this could have ended would have ended. */
async function expectNothingMoves(
  cluster: Cluster,
  options: {
    readonly owner: string;
    readonly title: string;
    readonly lose: Host | undefined;
    readonly how: (host: Host) => Promise<void>;
  },
): Promise<void> {
  const { owner, lose, how } = options;
  if (lose === undefined) {
    throw new Error('there is no host to lose');
  }
  const before = await cluster.standing(owner);
  const holdings = await cluster.watch.holdings(VIRTUAL_ADDRESS);
  const fromMs = cluster.probe.mark();

  await how(lose);

  const rest = cluster.hostsExcept(lose.name).map(({ name }) => name);
  const longEnoughMs = leaseAndBudgetMs(cluster.form);
  await cluster.untilStatus(
    'the silence of the lost host',
    ({ nodes, health }) =>
      health === 'degraded' &&
      nodes.some(
        ({ node, liveness, heardAgoMs }) =>
          node === lose.name && liveness === 'offline' && heardAgoMs !== null && heardAgoMs > longEnoughMs,
      ),
    rest,
  );
  const report = await cluster.tell(options.title, fromMs);
  expect(await cluster.standing(owner)).toEqual(before);
  expect(await cluster.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
  expect(report.outages).toEqual([]);
}

/** Waits until so much time has passed for the client. */
async function waitSince(
  cluster: Cluster,
  options: { readonly fromMs: number; readonly longEnoughMs: number },
): Promise<void> {
  const owner = await cluster.owner();
  const sinceMs = options.fromMs + options.longEnoughMs;
  await cluster.untilAnswered({ by: [owner], sinceMs });
}
