import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/model/operation.js';
import { storeFailed } from '../../src/reconciler/save.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const busy: Outcome = { kind: 'failed', reason: 'device is busy', class: 'soft', code: 1 };

/** A group of one address, on n1. */
function vip(address: string): SpecWish {
  return { groups: { vip: { prefer: ['n1'] } }, resources: { vip: { params: { address } } } };
}

/** A cluster in which n1 has the address A. */
function withA(): Cluster {
  const cluster = Cluster.begin(vip('A'));
  cluster.until('the address is up', () => cluster.whereRuns('vip').length > 0);
  cluster.run(300);
  return cluster;
}

/** The addresses that n1 has, whatever its daemon believes. */
function addressesOf(cluster: Cluster): string[] {
  return [...(cluster.host('n1').runningWith.get('vip') ?? [])].map((each) => JSON.parse(each).address);
}

/** Kills the daemon of n1 and starts it again with agents that work. */
function restart(cluster: Cluster): void {
  cluster.host('n1').kill();
  cluster.host('n1').behaviours.clear();
  cluster.run(50);
  cluster.host('n1').calls.length = 0;
  cluster.start('n1');
}

describe('what runs with another definition than the spec has by now', () => {
  it('is stopped as it was started, also by a daemon that starts again', () => {
    const cluster = withA();
    cluster.host('n1').behaviours.set('stop:vip', { never: true });
    cluster.edit('n1', vip('B'));
    cluster.until('the old address is being taken away', () => cluster.host('n1').calls.includes('stop vip'));
    restart(cluster);
    cluster.run(2000);
    expect(addressesOf(cluster)).toEqual(['B']);
    expect(cluster.host('n1').calls).toEqual(['probe vip', 'stop vip', 'start vip']);
  });

  it('is stopped also where its group is not in the spec any more', () => {
    const cluster = withA();
    cluster.host('n1').behaviours.set('stop:vip', { never: true });
    cluster.edit('n1', vip('B'));
    cluster.run(50);
    cluster.edit('n1', { groups: { db: {} } });
    cluster.run(50);
    restart(cluster);
    cluster.run(2000);
    expect(addressesOf(cluster)).toEqual([]);
  });

  it('is adopted by a daemon that starts again when the definition is the same', () => {
    const cluster = withA();
    restart(cluster);
    cluster.run(2000);
    expect(cluster.host('n1').calls).toEqual(['probe vip']);
    expect(addressesOf(cluster)).toEqual(['A']);
  });

  it('S7 that it is not there says nothing of what the spec has by now, which is looked for then', () => {
    const cluster = withA();
    cluster.host('n1').behaviours.set('stop:vip', { never: true });
    cluster.edit('n1', vip('B'));
    cluster.run(50);
    cluster.host('n1').runningWith.set('vip', new Set([JSON.stringify({ address: 'B' })]));
    restart(cluster);
    cluster.run(2000);
    expect(cluster.host('n1').calls).toEqual(['probe vip', 'probe vip']);
    expect(addressesOf(cluster)).toEqual(['B']);
  });

  it('is what a retry looks for', () => {
    const cluster = withA();
    cluster.host('n1').behaviours.set('stop:vip', { outcome: busy });
    cluster.edit('n1', vip('B'));
    cluster.until('it is blocked', () => cluster.mind('n1').lives.get('vip')?.blocked === true);
    cluster.host('n1').behaviours.clear();
    cluster.put('n1', { kind: 'retry', resource: 'vip', node: 'n1' });
    cluster.run(2000);
    expect(addressesOf(cluster)).toEqual(['B']);
  });

  it('is found by a probe that was under way when the spec changed', () => {
    const cluster = withA();
    cluster.host('n1').kill();
    cluster.host('n1').kept.delete('running.json');
    cluster.host('n1').behaviours.set('probe:vip', { takesMs: 100 });
    cluster.start('n1');
    cluster.run(10);
    cluster.edit('n1', vip('B'));
    cluster.run(2000);
    expect(addressesOf(cluster)).toEqual(['B']);
  });

  it('S4 is kept before the start begins, and forgotten when it is stopped', () => {
    const cluster = Cluster.begin(vip('A'));
    cluster.until('the start began', () => cluster.host('n1').calls.includes('start vip'));
    const kept = () => JSON.parse(cluster.host('n1').kept.get('running.json') ?? '[]');
    expect(kept()).toMatchObject([{ id: 'vip', params: { address: 'A' } }]);
    cluster.run(500);
    cluster.edit('n1', { groups: { vip: { prefer: ['n1'], desired: 'stopped' } } });
    cluster.run(500);
    expect(kept()).toEqual([]);
  });

  it('S4 is kept anew when it could not be kept', () => {
    const cluster = withA();
    cluster.host('n1').kept.delete('running.json');
    storeFailed(cluster.mind('n1'), { name: 'running.json', isNeeded: true, cause: 'no space', nowMs: cluster.nowMs });
    cluster.run(300);
    expect(cluster.host('n1').kept.get('running.json')).toContain('"A"');
  });
});
