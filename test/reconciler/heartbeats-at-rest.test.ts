import { describe, expect, it } from 'vitest';
import { ackIn } from '../../src/model/message.js';
import { isQuorate } from '../../src/ownership/holder.js';
import { Cluster } from './cluster.js';

/** Three voters that have been at rest for a while: one group on n2, or nothing at all. */
function atRest(groups: { readonly web?: { readonly prefer: readonly string[] } }): Cluster {
  const cluster = Cluster.begin({ nodes: { n1: {}, n2: {}, n3: {} }, groups });
  if (groups.web !== undefined) cluster.until('web runs', () => cluster.whereRuns('web').length === 1);
  cluster.run(5000);
  return cluster;
}

/** What was sent from now on, once for each datagram. */
function sentIn(cluster: Cluster, ms: number): Cluster['heard'] {
  const from = cluster.heard.length;
  cluster.run(ms);
  return cluster.heard.slice(from);
}

describe.each([
  ['with an owner', { web: { prefer: ['n2'] } }],
  ['that owns nothing', {}],
])('a cluster at rest %s', (_, groups) => {
  it('says all that is to be said with one datagram from each to each in an interval', () => {
    const sent = sentIn(atRest(groups), 2000);
    const intervals = 2000 / 200;
    const links = new Set(sent.map(({ link }) => link)).size;
    expect(sent.length / (intervals * links)).toBeLessThanOrEqual(6.6);
    expect(sent.filter(({ message }) => ackIn(message) !== null).length / (intervals * links)).toBeGreaterThan(5);
  });

  it('beats at one time', () => {
    const sent = sentIn(atRest(groups), 2000);
    const first = sent[0]?.atMs ?? 0;
    // Follower by follower: the first heartbeat of an interval takes a millisecond to those who go along.
    for (const { atMs } of sent) expect((atMs - first + 5) % 200).toBeLessThanOrEqual(10);
  });

  it('keeps everybody quorate, and one lost datagram costs nobody the majority', () => {
    const cluster = atRest(groups);
    const names = ['n1', 'n2', 'n3'];
    for (const way of ['n1>n2', 'n2>n1', 'n3>n1', 'n1>n3']) {
      cluster.cut.add(way);
      cluster.run(200);
      cluster.cut.delete(way);
      for (let i = 0; i < 12; i++) {
        cluster.run(50);
        expect(names.map((name) => isQuorate(cluster.mind(name).holder, cluster.nowMs))).toEqual([true, true, true]);
      }
    }
  });
});
