import { expect, it } from 'vitest';
import { VIRTUAL_ADDRESS } from '../harness/lab.js';
import type { Cluster } from './cluster.js';

/** The story of a gateway that the owner alone does not reach. */
export function tellPingStories(clusterOf: () => Cluster): void {
  it('the gateway is lost from the owner only: the group moves, and stays when the gateway is back', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const others = cluster.hostsExcept(owner).map(({ name }) => name);
    const fromMs = cluster.probe.mark();

    await cluster.lab.host(owner).cutFrom(cluster.lab.gateway);

    const next = await cluster.untilAnswered({ by: others, sinceMs: fromMs });
    await cluster.tell('gateway lost from the owner', fromMs);
    const statuses = await cluster.untilStatus('a moved group', ({ groups }) => groups[0]?.state === 'running');
    for (const { pings } of statuses) {
      expect(pings.map(({ node, ok }) => [node, ok])).toContainEqual([owner, false]);
      expect(pings.map(({ node, ok }) => [node, ok])).toContainEqual([next, true]);
    }
    const [given, taken] = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).slice(-2);
    expect(given).toMatchObject({ host: owner, ended: 'removed' });
    expect(taken).toMatchObject({ host: next, untilMs: null });

    await cluster.lab.heal();

    await cluster.untilCalm('rest with the gateway');
    expect(await cluster.owner()).toBe(next);
  });
}

/** The story of a gateway that nobody reaches. */
export function tellStoryOfLostGateway(clusterOf: () => Cluster): void {
  it('the gateway is lost from all: the group stays', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const before = await cluster.standing(owner);
    const holdings = await cluster.watch.holdings(VIRTUAL_ADDRESS);
    const fromMs = cluster.probe.mark();

    await cluster.lab.gateway.cut();

    await cluster.untilStatus(
      'a gateway that nobody reaches',
      ({ pings, plan }) =>
        pings.length === cluster.lab.hosts.length &&
        pings.every(({ ok }) => ok === false) &&
        plan?.actions.length === 0,
    );
    await cluster.lab.heal();
    await cluster.untilCalm('rest with the gateway');
    const report = await cluster.tell('gateway lost from all', fromMs);
    expect(await cluster.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
    expect(await cluster.standing(owner)).toEqual(before);
    expect(report.outages).toEqual([]);
  });
}
