import { describe, expect, it } from 'vitest';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { observeCluster } from '../../src/reconciler/observe-cluster.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

/** A group that may run on n1 only, so that nobody else comes to own it. */
const pinned: SpecWish = { groups: { web: { require: ['n1'] } } };

/** Lease and stop budget of the owner as the voters count them, whose clocks may be slow by this node's, and a lease until it is held silent. */
const LATEST_MS = 1000 + 2153;

function running(): Cluster {
  const cluster = Cluster.begin(pinned);
  cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  cluster.run(500);
  return cluster;
}

/** Who owns web by the lights of a node. */
function ownersBy(cluster: Cluster, node: string): string[] {
  return observeCluster(cluster.mind(node), cluster.nowMs).leases.map((lease) => lease.node);
}

function waitsOf(cluster: Cluster, node: string): string[] {
  return (cluster.mind(node).plan?.waits ?? []).map((wait) => wait.kind);
}

describe('the lease of an owner that fell silent', () => {
  it('is shown for as long as the voters may stand by it, and then no longer', () => {
    const cluster = running();
    cluster.host('n1').kill();
    cluster.run(1797);
    expect(ownersBy(cluster, 'n2')).toEqual(['n1']);
    cluster.run(LATEST_MS - 1797 + 250);
    expect(ownersBy(cluster, 'n2')).toEqual([]);
    expect(describeMind(cluster.mind('n2'), cluster.time, '').leases).toEqual([]);
    expect(ownersBy(cluster, 'n3')).toEqual([]);
    expect(waitsOf(cluster, 'n2')).not.toContain('lease-end');
  });

  it('is waited for while it is shown, in words', () => {
    const cluster = Cluster.begin({ groups: { web: { prefer: ['n1'] } } });
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
    cluster.run(500);
    cluster.host('n1').kill();
    cluster.run(1500);
    expect(waitsOf(cluster, 'n2')).toContain('lease-end');
  });

  it('is shown again with the owner that is back', () => {
    const cluster = running();
    cluster.host('n1').kill();
    cluster.run(LATEST_MS + 250);
    cluster.start('n1');
    cluster.until('web is owned', () => ownersBy(cluster, 'n2').includes('n1'));
  });

  it('stays for a node that is cut off itself: others may hear the owner', () => {
    const cluster = running();
    cluster.isolate('n3');
    cluster.run(10_000);
    expect(ownersBy(cluster, 'n3')).toEqual(['n1']);
  });

  it('stays while another node hears the owner', () => {
    const cluster = running();
    cluster.cut.add('n1>n3').add('n3>n1');
    cluster.run(10_000);
    expect(ownersBy(cluster, 'n3')).toEqual(['n1']);
  });

  it('counts from when a majority answers again', () => {
    const cluster = running();
    cluster.isolate('n3');
    cluster.run(10_000);
    cluster.host('n1').kill();
    cluster.cut.clear();
    cluster.run(1797);
    expect(ownersBy(cluster, 'n3')).toEqual(['n1']);
    cluster.run(LATEST_MS);
    expect(ownersBy(cluster, 'n3')).toEqual([]);
  });
});
