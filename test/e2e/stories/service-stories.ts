import { expect, it } from 'vitest';
import { VIRTUAL_ADDRESS } from '../harness/lab.js';
import type { Cluster } from './cluster.js';

/** Stories of a service that breaks while its host is well. */
export function tellServiceStories(clusterOf: () => Cluster): void {
  it('the address is deleted by hand: it comes back where it was', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const { epoch } = await cluster.standing(owner);
    const fromMs = cluster.probe.mark();

    await cluster.lab.host(owner).exec(['ip', 'address', 'delete', `${VIRTUAL_ADDRESS}/24`, 'dev', 'eth0']);

    const goneMs = cluster.probe.mark();
    await cluster.untilAnswered({ by: [owner], sinceMs: goneMs });
    await cluster.tell('VIP deleted by hand', fromMs);
    const [status] = await cluster.untilCalm('rest after the address is back', [owner]);
    expect(status?.failures.map(({ resource, node }) => [resource, node])).toContainEqual(['vip', owner]);
    const [lost, back] = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).slice(-2);
    expect(lost).toMatchObject({ host: owner, ended: 'removed' });
    expect(back).toMatchObject({ host: owner, untilMs: null });
    expect((await cluster.standing(owner)).epoch).toBe(epoch);
  });

  it('nginx is killed: it comes back where it was, and the address stays', async () => {
    const cluster = clusterOf();
    const owner = await cluster.rest();
    const before = await cluster.standing(owner);
    const holdings = await cluster.watch.holdings(VIRTUAL_ADDRESS);
    const fromMs = cluster.probe.mark();

    const killed = await cluster.lab.host(owner).signalProcesses(/^nginx: /, 'KILL');

    expect(killed).toEqual(before.nginx);
    const goneMs = cluster.probe.mark();
    await cluster.untilAnswered({ by: [owner], sinceMs: goneMs });
    await cluster.tell('nginx killed', fromMs);
    const [status] = await cluster.untilCalm('rest after nginx is back', [owner]);
    expect(status?.failures.map(({ resource, node }) => [resource, node])).toContainEqual(['nginx', owner]);
    expect(await cluster.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
    expect((await cluster.standing(owner)).epoch).toBe(before.epoch);
  });
}
