import { expect } from 'vitest';
import { VIRTUAL_ADDRESS } from '../harness/lab.js';
import type { Cluster } from './cluster.js';

/** Remembers what stands, and returns what tells whether it still does and that the client had an answer to every request. */
export async function nothingHappens(cluster: Cluster, owner: string): Promise<(title: string) => Promise<void>> {
  const standing = await cluster.standing(owner);
  const holdings = await cluster.watch.holdings(VIRTUAL_ADDRESS);
  const lives = await livesSaidBy(cluster, owner);
  const fromMs = cluster.probe.mark();
  return async (title) => {
    const report = await cluster.tell(title, fromMs);
    expect(await cluster.standing(owner)).toEqual(standing);
    expect(await cluster.watch.holdings(VIRTUAL_ADDRESS)).toEqual(holdings);
    expect(await livesSaidBy(cluster, owner)).toEqual(lives);
    expect(report.outages).toEqual([]);
  };
}

/** The incarnation of each node, as a daemon says. */
async function livesSaidBy(cluster: Cluster, name: string): Promise<readonly (readonly [string, string | null])[]> {
  const status = await cluster.status(name);
  return status?.nodes.map(({ node, incarnation }) => [node, incarnation] as const) ?? [];
}
