import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const words = 'two owners are acceptable in this test';

function running(wish: SpecWish): Cluster {
  const cluster = Cluster.begin(wish);
  cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  cluster.run(500);
  return cluster;
}

describe('quorum.onLoss: stop', () => {
  it('S6 stops what was held, in time, and starts it again when the majority is back', () => {
    const cluster = running({ groups: { web: { prefer: ['n1'] } } });
    for (const name of ['n2', 'n3']) cluster.host(name).kill();
    cluster.until('web is down', () => cluster.whereRuns('web').length === 0, 1100);
    cluster.run(3000);
    expect(cluster.whereRuns('web')).toEqual([]);
    cluster.start('n2');
    cluster.until('web runs', () => cluster.whereRuns('web').length > 0, 3000);
  });
});

describe('quorum.onLoss: freeze', () => {
  const wish: SpecWish = { groups: { web: { prefer: ['n1'] } }, quorum: { onLoss: 'freeze', acknowledge: words } };

  it('lets what runs run on past the lease, untouched, and starts nothing', () => {
    const cluster = running({
      ...wish,
      groups: { web: { prefer: ['n1'] }, db: { prefer: ['n1'], desired: 'stopped' } },
    });
    for (const name of ['n2', 'n3']) cluster.host(name).kill();
    const before = cluster.host('n1').calls.length;
    cluster.edit('n1', { ...wish, groups: { web: { prefer: ['n1'] }, db: { prefer: ['n1'] } } });
    cluster.run(6000);
    expect(
      cluster
        .host('n1')
        .calls.slice(before)
        .filter((call) => !call.startsWith('probe')),
    ).toEqual([]);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
  });

  it('takes the lease up again when the majority is back, without a restart', () => {
    const cluster = running(wish);
    for (const name of ['n2', 'n3']) cluster.host(name).kill();
    cluster.run(4000);
    const before = cluster.host('n1').calls.length;
    for (const name of ['n2', 'n3']) cluster.start(name);
    cluster.until('n1 owns web', () => cluster.mind('n1').holder.held.get('web')?.state === 'own', 4000);
    cluster.run(1000);
    expect(cluster.host('n1').calls.slice(before)).toEqual([]);
  });

  it('can give two owners, which is why it must be acknowledged; one of them ends when they meet again', () => {
    const cluster = running(wish);
    cluster.mayHaveTwo = true;
    cluster.isolate('n1');
    cluster.run(4000);
    expect(cluster.whereRuns('web')).toEqual(['n1', 'n2']);
    cluster.cut.clear();
    cluster.until('one runs it', () => cluster.whereRuns('web').length === 1, 3000);
  });
});

describe('quorum.onLoss: ignore', () => {
  const wish: SpecWish = {
    nodes: { n1: {}, n2: {} },
    groups: { web: { prefer: ['n1'] } },
    quorum: { onLoss: 'ignore', acknowledge: words },
  };

  it('lets an owner whose only peer died lapse, stop, and start again when the promises of the other have surely ended', () => {
    const cluster = running(wish);
    cluster.host('n2').reset();
    cluster.until('web is down', () => cluster.whereRuns('web').length === 0, 1500);
    cluster.until('web runs again', () => cluster.whereRuns('web').includes('n1'), 2500);
    cluster.run(5000);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
  });

  it('lets the survivor of two take over once the promises of the other have surely ended', () => {
    const cluster = running(wish);
    cluster.host('n1').reset();
    const tookMs = cluster.until('web runs on n2', () => cluster.whereRuns('web').includes('n2'), 4000);
    expect(tookMs).toBeGreaterThan(1797 - 200);
  });

  it('can give two owners, which is why it must be acknowledged; one of them ends when they meet again', () => {
    const cluster = running(wish);
    cluster.mayHaveTwo = true;
    cluster.isolate('n1');
    cluster.run(6000);
    expect(cluster.whereRuns('web')).toEqual(['n1', 'n2']);
    cluster.cut.clear();
    cluster.until('one runs it', () => cluster.whereRuns('web').length === 1, 4000);
  });
});
