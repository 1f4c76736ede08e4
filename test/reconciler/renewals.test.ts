import { describe, expect, it } from 'vitest';
import type { HolderMemory } from '../../src/ownership/memory.js';
import { withRenewals } from '../../src/reconciler/guard-memory.js';
import { Cluster } from './cluster.js';

const WISH = {
  groups: { web: { members: ['app'], prefer: ['n1'], stopBudgetMs: 500 } },
  resources: { app: { type: 'script', params: { run: ['serve'] } } },
};

function running(): Cluster {
  const cluster = Cluster.begin(WISH);
  cluster.until('web runs', () => cluster.whereRuns('app').length > 0);
  cluster.run(500);
  return cluster;
}

/** What is kept on n1, of the one lease there. */
function keptOf(cluster: Cluster): {
  readonly session: HolderMemory;
  readonly orders: Parameters<typeof withRenewals>[1];
} {
  const { kept } = cluster.host('n1');
  return {
    session: JSON.parse(kept.get('session.json') ?? 'null'),
    orders: JSON.parse(kept.get('guard.json') ?? 'null'),
  };
}

function endOf(memory: HolderMemory | null): number | null | undefined {
  return memory?.held[0]?.validUntilMs;
}

describe('R6 a renewal', () => {
  it('is kept with the orders to the guard, and nowhere else', () => {
    const cluster = running();
    const before = cluster.host('n1').kept.get('session.json');
    cluster.run(1500);
    expect(cluster.host('n1').kept.get('session.json')).toBe(before);
    const { session, orders } = keptOf(cluster);
    const end = cluster.mind('n1').holder.held.get('web')?.validUntilMs ?? 0;
    expect(endOf(session)).toBeLessThan(end - 1000);
    expect(endOf(withRenewals(session, orders))).toBe(Math.floor(end));
  });

  it('is found by the next daemon, which stops nothing', () => {
    const cluster = running();
    cluster.run(1500);
    const end = Math.floor(cluster.mind('n1').holder.held.get('web')?.validUntilMs ?? 0);
    cluster.host('n1').kill();
    cluster.start('n1');
    expect(cluster.mind('n1').holder.held.get('web')).toMatchObject({ state: 'own', validUntilMs: end });
    cluster.run(3000);
    expect(cluster.mind('n1').holder.held.get('web')?.state).toBe('own');
    expect(cluster.whereRuns('app')).toEqual(['n1']);
  });

  it('is of no lease that had lapsed, of no claim and of no other epoch', () => {
    const { session, orders } = keptOf(running());
    const [held] = session.held;
    if (held === undefined || !orders) throw new Error('nothing is held');
    const endWith = (change: Partial<typeof held>) =>
      endOf(withRenewals({ ...session, held: [{ ...held, ...change }] }, orders));
    expect(endWith({ validUntilMs: 7 })).toBe(orders.leases[0]?.validUntilMs);
    expect(endWith({ validUntilMs: 7, state: 'lapsed' })).toBe(7);
    expect(endWith({ validUntilMs: null, state: 'claim' })).toBe(null);
    expect(endWith({ validUntilMs: 7, epoch: held.epoch - 1 })).toBe(7);
    const older = orders.leases.map((lease) => ({ ...lease, epoch: held.epoch - 1, validUntilMs: 9 }));
    const both = { ...orders, leases: [...orders.leases, ...older] };
    expect(endOf(withRenewals(session, both))).toBe(orders.leases[0]?.validUntilMs);
    expect(endOf(withRenewals(session, null))).toBe(held.validUntilMs);
    expect(withRenewals(null, orders)).toBe(null);
  });
});
