import { describe, expect, it } from 'vitest';
import { describe as describeMind } from '../../src/reconciler/describe.js';
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

  /** What n1 did to its services since some call. */
  function deeds(cluster: Cluster, since: number): string[] {
    return cluster
      .host('n1')
      .calls.slice(since)
      .filter((call) => !call.startsWith('probe'));
  }

  it('lets an owner whose only peer died run on without an interruption', () => {
    const cluster = running(wish);
    const before = cluster.host('n1').calls.length;
    cluster.host('n2').reset();
    cluster.run(8000);
    expect(deeds(cluster, before)).toEqual([]);
    expect(cluster.mind('n1').holder.held.get('web')?.state).toBe('own');
  });

  it('is not called down before the silent peer is ignored, while all runs on', () => {
    const cluster = running(wish);
    cluster.host('n2').reset();
    cluster.run(1300);
    const { verdict, health } = describeMind(cluster.mind('n1'), cluster.time, '');
    expect({ health, verdict }).toEqual({
      health: 'degraded',
      verdict:
        '1 of 1 group runs, but no majority of the voters answers this node (1 of 2, 2 needed): it starts nothing yet and what it holds runs on, because quorum.onLoss is ignore.',
    });
  });

  it('lets it run on over a restart of its daemon, too', () => {
    const cluster = running(wish);
    cluster.host('n2').reset();
    cluster.run(1100);
    const before = cluster.host('n1').calls.length;
    cluster.host('n1').kill();
    cluster.run(300);
    cluster.start('n1');
    cluster.run(8000);
    expect(deeds(cluster, before)).toEqual([]);
  });

  it.each([500, 1500, 4000])('lets it run on when the peer is back %i ms later without its memory', (ms) => {
    const cluster = running(wish);
    const before = cluster.host('n1').calls.length;
    cluster.host('n2').reset();
    cluster.run(ms);
    cluster.start('n2');
    cluster.run(8000);
    expect(deeds(cluster, before)).toEqual([]);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
  });

  it('starts nothing new before the promises of the silent peer have surely ended, and says what runs on', () => {
    const cluster = running({ ...wish, groups: { ...wish.groups, db: { prefer: ['n1'], desired: 'stopped' } } });
    cluster.host('n2').reset();
    cluster.run(1100);
    cluster.edit('n1', { ...wish, groups: { ...wish.groups, db: { prefer: ['n1'] } } });
    cluster.run(400);
    expect(cluster.whereRuns('db')).toEqual([]);
    const { verdict, health, conditions } = describeMind(cluster.mind('n1'), cluster.time, '');
    expect(health).toBe('down');
    expect(verdict).toContain('what it holds runs on, because quorum.onLoss is ignore');
    expect(conditions.find((each) => each.kind === 'no-quorum')?.sentence).toContain('what is held here runs on');
    cluster.until('db runs', () => cluster.whereRuns('db').length > 0, 1000);
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
