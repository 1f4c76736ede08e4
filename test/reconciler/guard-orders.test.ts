import { describe, expect, it } from 'vitest';
import type { GuardedLease, GuardOrders } from '../../src/model/guard-orders.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const VIP = { type: 'builtin:vip', params: { address: '10.0.0.50/24', label: 'web' } };
const PROCESS = { type: 'script', params: { run: ['serve'] } };

const WISH: SpecWish = {
  groups: { web: { members: ['vip', 'app', 'db'], prefer: ['n1'], stopBudgetMs: 500 } },
  resources: { vip: VIP, app: PROCESS, db: { type: 'ocf:heartbeat:pgsql' } },
};

function ordersOf(cluster: Cluster, name = 'n1'): GuardOrders {
  return JSON.parse(cluster.host(name).kept.get('guard.json') ?? 'null');
}

function webOf(cluster: Cluster, name = 'n1'): GuardedLease | undefined {
  return ordersOf(cluster, name).leases.find(({ key }) => key === 'web');
}

function running(wish = WISH): Cluster {
  const cluster = Cluster.begin(wish);
  cluster.until('web runs', () => cluster.whereRuns('app').length > 0 && cluster.whereRuns('db').length > 0);
  cluster.run(500);
  return cluster;
}

describe('R13 the orders to the guard', () => {
  it('name each member with its kill path, and those that have none', () => {
    const cluster = running();
    expect(webOf(cluster)).toMatchObject({
      state: 'own',
      members: [
        { resource: 'vip', path: { kind: 'address', params: { address: '10.0.0.50/24' } } },
        { resource: 'app', path: { kind: 'process' } },
      ],
      withoutKillPath: ['db'],
    });
    expect(ordersOf(cluster, 'n2').leases).toEqual([]);
  });

  it('name what the agent of a member without kill path needs to stop it, and what is started before it', () => {
    const cluster = running({
      groups: { web: { members: ['vip', 'db', 'app'], prefer: ['n1'] } },
      resources: {
        vip: { type: 'ocf:heartbeat:IPaddr2', params: { ip: '10.0.0.50', nic: 'eth0' } },
        db: { type: 'ocf:heartbeat:pgsql', params: { pgdata: '/srv/db' } },
        app: { type: 'script', params: { start: ['up'], stop: ['down'], monitor: ['look'] } },
      },
    });
    const stopMs = cluster.mind('n1').lives.get('db')?.resource.timeouts.stopMs;
    expect(webOf(cluster)).toMatchObject({
      members: [{ resource: 'vip', path: { kind: 'address', params: { address: '10.0.0.50', interface: 'eth0' } } }],
      stops: [
        {
          resource: 'db',
          type: 'ocf:heartbeat:pgsql',
          params: { pgdata: '/srv/db' },
          timeoutMs: stopMs,
          membersBefore: 1,
        },
        {
          resource: 'app',
          type: 'script',
          params: { start: ['up'], stop: ['down'], monitor: ['look'] },
          membersBefore: 1,
        },
      ],
      withoutKillPath: ['db', 'app'],
    });
  });

  it('name a member before its start begins', () => {
    const cluster = Cluster.begin(WISH);
    const host = cluster.host('n1');
    const known: string[] = [];
    const operate = host.operate.bind(host);
    host.operate = (operation, nowMs) => {
      const { id } = operation.resource;
      const lease = webOf(cluster);
      const isKnown = lease?.members.some(({ resource }) => resource === id) || lease?.withoutKillPath.includes(id);
      if (operation.action === 'start' && isKnown === true) known.push(id);
      operate(operation, nowMs);
    };
    cluster.until('web runs', () => cluster.whereRuns('db').length > 0);
    expect(known).toEqual(['vip', 'app', 'db']);
  });

  it('move the deadline with the lease', () => {
    const cluster = running();
    const before = webOf(cluster)?.deadByMs ?? 0;
    cluster.run(1000);
    const held = cluster.mind('n1').holder.held.get('web');
    expect(webOf(cluster)?.deadByMs).toBe(Math.floor(held?.deadByMs ?? 0));
    expect(webOf(cluster)?.deadByMs).toBeGreaterThan(before);
    expect(webOf(cluster)?.validUntilMs).toBe((webOf(cluster)?.deadByMs ?? 0) - 500);
  });

  it('keep the deadline of a lease that lapsed, until nothing of it runs', () => {
    const cluster = running();
    const host = cluster.host('n1');
    host.behaviours.set('stop:app', { never: true });
    host.behaviours.set('kill:app', { never: true });
    cluster.isolate('n1');
    cluster.until('the lease lapsed', () => webOf(cluster)?.state === 'lapsed');
    const deadline = webOf(cluster)?.deadByMs;
    cluster.run(300);
    expect(webOf(cluster)?.deadByMs).toBe(deadline);
    expect(webOf(cluster)?.members.map(({ resource }) => resource)).toContain('app');
  });

  it('have the definition that runs, not the one that is wanted', () => {
    const cluster = running();
    cluster.host('n1').behaviours.set('stop:db', { takesMs: 250 });
    cluster.edit('n1', {
      ...WISH,
      resources: { ...WISH.resources, vip: { ...VIP, params: { address: '10.0.0.51/24' } } },
    });
    cluster.until(
      'the new address is wanted',
      () => cluster.mind('n1').lives.get('vip')?.resource.params.address === '10.0.0.51/24',
    );
    cluster.run(5);
    const address = () =>
      webOf(cluster)?.members.flatMap(({ path }) => (path.kind === 'address' ? [path.params.address] : []));
    expect(address()).toEqual(['10.0.0.50/24']);
    cluster.until('it runs with the new one', () => address()?.[0] === '10.0.0.51/24');
  });

  it('say that it is over when everything was handed over', () => {
    const cluster = running();
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft);
    expect(ordersOf(cluster)).toMatchObject({ leases: [], isOver: true });
  });

  it('of a daemon that lost its session stand until what runs here is down', () => {
    const cluster = running();
    const before = webOf(cluster);
    cluster.host('n1').kill();
    cluster.host('n1').kept.delete('session.json');
    cluster.host('n1').behaviours.set('probe:app', { never: true });
    cluster.isolate('n1');
    cluster.start('n1');
    cluster.run(100);
    expect(webOf(cluster)).toMatchObject({
      epoch: before?.epoch,
      deadByMs: before?.deadByMs,
      members: [{ resource: 'vip' }, { resource: 'app' }],
      stops: [{ resource: 'db', type: 'ocf:heartbeat:pgsql', membersBefore: 2 }],
    });
    cluster.host('n1').running.clear();
    cluster.host('n1').behaviours.delete('probe:app');
    cluster.until('nothing is listed any more', () => webOf(cluster) === undefined, 20_000);
  });

  it('are kept anew when they could not be kept', () => {
    const cluster = running();
    const mind = cluster.mind('n1');
    mind.guard.text = '';
    mind.guard.isStale = true;
    cluster.host('n1').kept.delete('guard.json');
    cluster.run(1);
    cluster.put('n1', { kind: 'tick' });
    expect(webOf(cluster)?.members).toHaveLength(2);
  });

  it.each([
    [1000, 1000],
    [1200, null],
  ])('name a watchdog of %d ms only when each lease outlives it', (timeoutMs, expected) => {
    const watchdog = { device: '/dev/watchdog0', timeoutMs };
    const cluster = running({ ...WISH, fencing: { devices: [], watchdog } });
    expect(ordersOf(cluster).watchdog?.timeoutMs ?? null).toBe(expected);
  });
});
