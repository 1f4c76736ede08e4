import { expect, it } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.js';
import { VIRTUAL_ADDRESS } from '../harness/lab.js';
import type { Cluster } from './cluster.js';
import { leaseAndBudgetMs } from './cluster.js';

/** Stories of daemons that end while their hosts and services are well. */
export function tellDaemonStories(clusterOf: () => Cluster): void {
  it('the daemon of the owner is killed and restarted: nothing happens to the service', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    await restartDaemons(cluster, { names: [owner], owner, title: 'daemon killed and restarted' });
  });

  it('all daemons are killed and restarted at once: nothing happens to the service', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const names = cluster.lab.hosts.map(({ name }) => name);
    await restartDaemons(cluster, { names, owner, title: 'all daemons restarted at once' });
  });

  // The guard kills what has a kill path, and stops the rest by its agents.
  tellStoryOfDeadDaemon(clusterOf);

  it('the owner leaves: it hands over first, and gets nothing back when it returns', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const others = cluster.hostsExcept(owner).map(({ name }) => name);
    const daemon = cluster.daemon(owner);
    const fromMs = cluster.probe.mark();

    const outcome = await cluster.fairlead(owner, ['leave']);

    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    expect(await daemon.exited, daemon.output.slice(-2000)).toEqual({ code: EXIT.left, signal: null });
    const next = await cluster.untilAnswered({ by: others, sinceMs: fromMs });
    await cluster.tell('leave', fromMs);
    expect(await cluster.nginx(owner)).toEqual([]);
    const [given, taken] = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).slice(-2);
    expect(given).toMatchObject({ host: owner, ended: 'removed' });
    expect(taken).toMatchObject({ host: next, untilMs: null });

    await cluster.startDaemon(owner);

    await cluster.untilCalm('rest after the return');
    expect(await cluster.owner()).toBe(next);
  });
}

function tellStoryOfDeadDaemon(clusterOf: () => Cluster): void {
  it('the daemon of the owner is killed and stays dead: its services end before another host takes them', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const others = cluster.hostsExcept(owner).map(({ name }) => name);
    const fromMs = cluster.probe.mark();

    cluster.daemon(owner).kill('SIGKILL');

    const next = await cluster.untilAnswered({ by: others, sinceMs: fromMs });
    await cluster.tell('daemon killed for good', fromMs);
    const [given, taken] = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).slice(-2);
    expect(given).toMatchObject({ host: owner, ended: 'removed' });
    expect(taken).toMatchObject({ host: next, untilMs: null });
    expect(given?.untilMs ?? Number.POSITIVE_INFINITY).toBeLessThan(taken?.fromMs ?? 0);
    expect(await cluster.nginx(owner)).toEqual([]);
  });
}

/** The product's own default: three daemons that start at once on a small, busy machine may need more than the second of the other stories. */
const LEASE_MS = 3_000;

/** Kills daemons, starts them again at once, and waits until anything that this could have ended would have ended. */
async function restartDaemons(
  cluster: Cluster,
  options: { readonly names: readonly string[]; readonly owner: string; readonly title: string },
): Promise<void> {
  const { names, owner } = options;
  cluster.writeSpec({ change: (text) => text.replace('lease: 1s', `lease: ${LEASE_MS}ms`) });
  await cluster.untilStatus('a longer lease', ({ leases }) =>
    leases.some(({ group, node, leftMs }) => group === 'web' && node === owner && (leftMs === null || leftMs > 1_000)),
  );
  const before = await cluster.standing(owner);
  const holdings = await cluster.watch.holdings(VIRTUAL_ADDRESS);
  const fromMs = cluster.probe.mark();
  const killed = names.map((name) => cluster.daemon(name));
  for (const daemon of killed) {
    daemon.kill('SIGKILL');
  }
  for (const daemon of killed) {
    expect(await daemon.exited).toEqual({ code: null, signal: 'SIGKILL' });
  }
  await cluster.startDaemons(names);

  const longEnoughMs = leaseAndBudgetMs(cluster.form) + LEASE_MS;
  await cluster.untilStatus(
    'daemons that are up for longer than a lease',
    ({ uptimeMs }) => uptimeMs > longEnoughMs,
    names,
  );
  await cluster.untilCalm('rest after the restart');
  const report = await cluster.tell(options.title, fromMs);
  expect(await cluster.standing(owner)).toEqual(before);
  expect(await cluster.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
  expect(report.outages).toEqual([]);
}
