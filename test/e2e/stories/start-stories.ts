import { expect, it } from 'vitest';
import { VIRTUAL_ADDRESS } from '../harness/lab.js';
import type { Cluster } from './cluster.js';

/** Stories of beginnings; the first of them needs hosts on which nothing has run yet. */
export function tellStartStories(clusterOf: () => Cluster): void {
  it('cold start: all daemons start at once, and one host serves', async () => {
    const cluster = clusterOf();
    const names = cluster.lab.hosts.map(({ name }) => name);
    const fromMs = cluster.probe.mark();

    await cluster.startDaemons();

    const owner = await cluster.untilAnswered({ by: names, sinceMs: fromMs });
    const statuses = await cluster.untilCalm('a started cluster');
    await cluster.tell('cold start', fromMs);
    expect(await cluster.watch.holders(VIRTUAL_ADDRESS)).toEqual([owner]);
    for (const { groups, leases } of statuses) {
      expect(groups.map(({ group, node, state }) => [group, node, state])).toEqual([['web', owner, 'running']]);
      expect(leases.map(({ group, node, state }) => [group, node, state])).toEqual([['web', owner, 'own']]);
    }
    expect(await cluster.nginx(owner)).not.toEqual([]);
    for (const { name } of cluster.hostsExcept(owner)) {
      expect(await cluster.nginx(name), name).toEqual([]);
    }
  });

  it('power failure: every host loses its memory at once and starts again', async () => {
    const cluster = clusterOf();
    await cluster.rest();
    const names = cluster.lab.hosts.map(({ name }) => name);
    await Promise.all(cluster.lab.hosts.map((host) => host.crash()));
    const fromMs = cluster.probe.mark();

    await Promise.all(cluster.lab.hosts.map((host) => host.boot()));
    await cluster.startDaemons();

    await cluster.untilAnswered({ by: names, sinceMs: fromMs });
    await cluster.untilCalm('a cluster started again');
    await cluster.tell('power failure, from the boot', fromMs);
    expect(await cluster.nginx(await cluster.owner())).not.toEqual([]);
  });
}
