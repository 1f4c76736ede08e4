/** A daemon starts again in the same boot, and its spec does not say how to look for all that runs here. */
import { describe, expect, it } from 'vitest';
import type { GuardOrders } from '../../src/model/guard-orders.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const slow = { timeouts: { startMs: 1000, stopMs: 5000, monitorMs: 500 } };

function ordersOf(cluster: Cluster): GuardOrders {
  return JSON.parse(cluster.host('n1').kept.get('guard.json') ?? 'null');
}

/** What the guard of n1 is told of by now. */
function guarded(cluster: Cluster): string[] {
  return ordersOf(cluster).leases.flatMap(({ members, stops, withoutKillPath }) => [
    ...new Set([...[...members, ...stops].map(({ resource }) => resource), ...withoutKillPath]),
  ]);
}

function unaccounted(cluster: Cluster): string[] {
  return [...cluster.mind('n1').conditions.values()].flatMap(({ kind, sentence }) =>
    kind === 'unaccounted' ? [sentence] : [],
  );
}

/** The daemons are killed, and what their state directories have is an earlier revision, or none. */
function killWithRevision(cluster: Cluster, names: readonly string[], revision: string | undefined): void {
  for (const name of names) {
    const { kept } = cluster.host(name);
    cluster.host(name).kill();
    if (revision === undefined) kept.delete('revision.json');
    else kept.set('revision.json', revision);
  }
}

/** The daemon of n1 is down, and does not find everything again. */
function lose(cluster: Cluster, ...names: readonly string[]): void {
  for (const name of names) cluster.host('n1').kept.delete(name);
}

describe('a node that was made a witness while something runs there, and whose daemon starts again', () => {
  const member: SpecWish = {
    nodes: { n1: { role: 'member' }, n2: {}, n3: {} },
    groups: { web: { prefer: ['n1'], stopBudgetMs: 5000 } },
    resources: { web: slow },
  };
  const witness: SpecWish = { ...member, nodes: { n1: { role: 'witness' }, n2: {}, n3: {} } };

  /** It is killed while the stop of web goes on, for so long. */
  function restarted(downMs: number, lost: readonly string[] = []): Cluster {
    const cluster = Cluster.begin(member);
    cluster.until('web runs', () => cluster.whereRuns('web').join() === 'n1');
    cluster.host('n1').behaviours.set('stop:web', { takesMs: 4000 });
    cluster.edit('n1', witness);
    cluster.until('the stop has begun', () => cluster.host('n1').calls.includes('stop web'));
    cluster.run(300);
    cluster.host('n1').kill();
    lose(cluster, ...lost);
    cluster.run(downMs);
    cluster.start('n1', witness);
    return cluster;
  }

  it('L1 hands over what still runs there', () => {
    const cluster = restarted(300);
    cluster.until('n1 has stopped it', () => cluster.whereRuns('web').join() !== 'n1');
    cluster.until('another node runs it', () => cluster.whereRuns('web').length > 0);
  });

  it('S6 stops it when its majority is lost, and its guard knows of it until then', () => {
    const cluster = restarted(300);
    cluster.run(3000);
    expect(guarded(cluster)).toEqual(['web']);
    cluster.isolate('n1');
    cluster.run(20_000);
    expect(cluster.whereRuns('web')).toHaveLength(1);
    expect(cluster.whereRuns('web')).not.toContain('n1');
    expect(ordersOf(cluster).leases).toEqual([]);
  });

  it('R9 releases nothing that still runs there, also when its lease is over by then', () => {
    const cluster = restarted(1500);
    expect(cluster.mind('n1').holder.held.get('web')?.state).toBe('lapsed');
    cluster.run(20_000);
    expect(cluster.whereRuns('web')).toHaveLength(1);
  });

  it('looks for it and stops it, also where it goes on with no lease', () => {
    const cluster = restarted(300, ['session.json']);
    cluster.until('it has stopped it', () => cluster.whereRuns('web').length === 0);
    expect(cluster.host('n1').calls.slice(-2)).toEqual(['probe web', 'stop web']);
    cluster.run(20_000);
    expect(cluster.whereRuns('web')).toHaveLength(1);
  });

  it('looks for nothing there in maintenance', () => {
    const cluster = restarted(300, ['session.json']);
    cluster.host('n1').kill();
    cluster.host('n1').calls.length = 0;
    const kept: SpecWish = { ...member, nodes: { n1: { role: 'witness', state: 'maintenance' }, n2: {}, n3: {} } };
    const { revision, text } = cluster.write(kept, 9);
    cluster.host('n1').kept.set('revision.json', JSON.stringify({ revision, text }));
    cluster.start('n1');
    cluster.run(1000);
    expect(cluster.host('n1').calls).toEqual([]);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
  });

  it('goes on with the stop where some members are down already, so that the group moves (L1)', () => {
    const two: SpecWish = {
      nodes: { n1: { role: 'member' }, n2: {}, n3: {} },
      groups: { web: { members: ['a', 'b'], prefer: ['n1'], stopBudgetMs: 10_000 } },
      resources: { a: slow, b: slow },
    };
    const moved: SpecWish = { ...two, nodes: { n1: { role: 'witness' }, n2: {}, n3: {} } };
    const cluster = Cluster.begin(two);
    cluster.until('b runs', () => cluster.whereRuns('b').join() === 'n1');
    cluster.run(1000);
    cluster.host('n1').behaviours.set('stop:a', { takesMs: 2000 });
    cluster.edit('n1', moved);
    cluster.until('the stop of a has begun', () => cluster.host('n1').calls.includes('stop a'));
    cluster.host('n1').kill();
    cluster.run(200);
    cluster.start('n1', moved);
    cluster.until('the group runs elsewhere', () =>
      ['a', 'b'].every((each) => /^n[23]$/.test(cluster.whereRuns(each).join())),
    );
  });
});

describe('a node that forgot the revision by which it runs something, and whose daemon starts again', () => {
  const before: SpecWish = { groups: { web: { prefer: ['n2'] } } };
  const after: SpecWish = {
    groups: { web: { prefer: ['n2'] }, db: { prefer: ['n1'], stopBudgetMs: 5000 } },
    resources: { db: slow },
  };

  /** The state directory of these nodes did not take the revision with db; the daemon of n1 is killed. */
  function killed(forgetful: readonly string[] = ['n1'], newer = after): Cluster {
    const cluster = Cluster.begin(before);
    cluster.until('web runs', () => cluster.whereRuns('web').join() === 'n2');
    const first = cluster.host('n1').kept.get('revision.json');
    cluster.edit('n2', newer);
    cluster.until('db runs', () => cluster.whereRuns('db').join() === 'n1');
    cluster.run(5000);
    killWithRevision(cluster, forgetful, first);
    return cluster;
  }

  function startAgain(cluster: Cluster, names: readonly string[] = ['n1']): void {
    cluster.run(100);
    for (const name of names) cluster.start(name);
  }

  const all = ['n1', 'n2', 'n3'];

  it('is told it by the others and goes on, without a stop', () => {
    const cluster = killed();
    cluster.host('n1').calls.length = 0;
    startAgain(cluster);
    cluster.run(20_000);
    expect(cluster.whereRuns('db')).toEqual(['n1']);
    expect(cluster.host('n1').calls).toEqual(['probe web', 'probe db']);
    expect(cluster.mind('n1').lives.get('db')?.state).toBe('running');
  });

  it('S6, S7 cut off, it stops that in time, and its guard knows of it until then', () => {
    const cluster = killed();
    cluster.isolate('n1');
    startAgain(cluster);
    cluster.run(500);
    expect(guarded(cluster)).toEqual(['db']);
    cluster.run(20_000);
    expect(cluster.whereRuns('db')).toHaveLength(1);
    expect(cluster.whereRuns('db')).not.toContain('n1');
    expect(ordersOf(cluster).leases).toEqual([]);
  });

  it('R9 looks for it, stops it and releases it where nobody knows the revision any more', () => {
    const cluster = killed(all);
    cluster.host('n1').calls.length = 0;
    startAgain(cluster, all);
    cluster.until('it is released', () => !cluster.mind('n1').holder.held.has('db'));
    expect(cluster.host('n1').calls).toEqual(['probe web', 'probe db', 'stop db']);
    cluster.run(5000);
    expect(cluster.whereRuns('db')).toEqual([]);
    expect(cluster.mind('n1').lives.has('db')).toBe(false);
    expect(cluster.host('n1').kept.get('running.json')).toBe('[]');
  });

  it('S7 goes by the orders to the guard where what runs was not kept either', () => {
    const cluster = killed();
    lose(cluster, 'running.json');
    cluster.isolate('n1');
    startAgain(cluster);
    cluster.run(20_000);
    expect(cluster.whereRuns('db')).toHaveLength(1);
    expect(cluster.whereRuns('db')).not.toContain('n1');
  });

  it('stops in reverse order, by kill path too, what the orders to the guard name', () => {
    const members = ['vip', 'db', 'app', 'unit', 'mark'];
    const cluster = killed(all, {
      groups: { ...before.groups, db: { members, prefer: ['n1'] } },
      resources: {
        vip: { type: 'builtin:vip', params: { address: '10.0.0.50/24' } },
        app: { params: { run: ['serve'] } },
        unit: { type: 'systemd:nginx' },
        mark: { type: 'builtin:noop' },
      },
    });
    lose(cluster, 'running.json');
    for (const host of cluster.hosts.values()) host.runningWith.clear();
    startAgain(cluster, all);
    cluster.run(50);
    const types = members.map((member) => cluster.mind('n1').lives.get(member)?.resource.type);
    expect(types).toEqual(['builtin:vip', 'script', 'script', 'systemd:nginx', 'builtin:noop']);
    cluster.host('n1').calls.length = 0;
    cluster.until('it is released', () => !cluster.mind('n1').holder.held.has('db'));
    const stops = cluster.host('n1').calls.filter((call) => call.startsWith('stop '));
    expect(stops).toEqual(['stop mark', 'stop unit', 'stop app', 'stop db', 'stop vip']);
    expect([...cluster.host('n1').running]).toEqual([]);
  });

  it('stops a member of which only an earlier spec of its group spoke', () => {
    const both: SpecWish = { groups: { web: { members: ['web', 'extra'], prefer: ['n2'] } } };
    const cluster = Cluster.begin({ groups: { web: { prefer: ['n1'] } } });
    cluster.until('web runs', () => cluster.whereRuns('web').join() === 'n1');
    const first = cluster.host('n1').kept.get('revision.json');
    cluster.edit('n1', { groups: { web: { ...both.groups.web, prefer: ['n1'] } } });
    cluster.until('extra runs', () => cluster.whereRuns('extra').join() === 'n1');
    cluster.run(500);
    killWithRevision(cluster, all, first);
    startAgain(cluster, all);
    cluster.until('extra is down', () => cluster.whereRuns('extra').length === 0);
    cluster.run(3000);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
    expect(cluster.mind('n1').holder.held.get('web')?.resources).toEqual(['web']);
  });

  it('stops it, and gives its old orders up then, where it goes on with no lease', () => {
    const cluster = killed(all);
    lose(cluster, 'session.json');
    startAgain(cluster, all);
    cluster.run(5);
    expect(guarded(cluster)).toEqual(['db']);
    cluster.run(5000);
    expect(cluster.whereRuns('db')).toEqual([]);
    expect(ordersOf(cluster).leases).toEqual([]);
  });
});

describe('what nothing says how to look for', () => {
  const before: SpecWish = { groups: { web: { prefer: ['n2'] } } };
  /** Neither a kill path nor a stop of its own: the guard can do nothing about it. */
  const db = { type: 'builtin:other', ...slow };
  const after: SpecWish = { groups: { ...before.groups, db: { prefer: ['n1'] } }, resources: { db } };

  function forgotten(): Cluster {
    const cluster = Cluster.begin(before);
    cluster.edit('n1', after);
    cluster.until('db runs', () => cluster.whereRuns('db').join() === 'n1');
    cluster.run(1000);
    for (const host of cluster.hosts.values()) {
      host.kill();
      host.kept.delete('revision.json');
    }
    lose(cluster, 'running.json');
    cluster.run(100);
    for (const name of cluster.hosts.keys()) cluster.start(name);
    cluster.run(10_000);
    return cluster;
  }

  it('S7 is not taken for stopped: its lease is not released, and status says what to do', () => {
    const cluster = forgotten();
    expect(cluster.mind('n1').holder.held.get('db')?.state).toBe('stop');
    expect(guarded(cluster)).toEqual(['db']);
    expect(unaccounted(cluster)).toEqual([
      'db may still run here from an earlier daemon of this boot, and neither the spec nor what is kept says how to look for it: what it was held under is not released, and the guard ends it when that is over; put db back into the spec, in a group with `desired: stopped` where it is not wanted any more, or reboot this machine',
    ]);
  });

  it('S7 is not released either when the lease has lapsed, and stays in the orders to the guard', () => {
    const cluster = forgotten();
    cluster.isolate('n1');
    cluster.run(20_000);
    expect(cluster.mind('n1').holder.held.get('db')?.state).toBe('lapsed');
    expect(guarded(cluster)).toEqual(['db']);
    expect(cluster.host('n1').said.join()).not.toContain('nothing of db runs here');
  });

  it('keeps a node that was told to leave, which says so', () => {
    const cluster = forgotten();
    cluster.put('n1', { kind: 'leave' });
    cluster.run(2000);
    const leaving = [...cluster.mind('n1').conditions.values()].find(({ kind }) => kind === 'leaving');
    expect(leaving?.sentence).toBe(
      'this node was told to leave and cannot yet: whether db still runs here cannot be found out: put db back into the spec, in a group with `desired: stopped` where it is not wanted any more, or reboot this machine',
    );
  });

  it('is looked for, stopped and released as soon as the spec names it again', () => {
    const cluster = forgotten();
    cluster.edit('n1', { groups: { ...before.groups, db: { desired: 'stopped' } }, resources: { db } });
    cluster.until('it is released', () => !cluster.mind('n1').holder.held.has('db'));
    expect(cluster.whereRuns('db')).toEqual([]);
    expect(unaccounted(cluster)).toEqual([]);
    expect(ordersOf(cluster).leases).toEqual([]);
  });

  it('stays in the orders to the guard with every way to end it that they have', () => {
    const cluster = forgotten();
    const orders = ordersOf(cluster);
    const path = (address: string) => ({ resource: 'db', path: { kind: 'address', params: { address } } });
    const members = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(path);
    const stop = { resource: 'db', type: 'lsb:db', params: {}, timeoutMs: 500, membersBefore: 3 };
    const kept = { ...orders, leases: orders.leases.map((lease) => ({ ...lease, members, stops: [stop] })) };
    cluster.host('n1').kill();
    cluster.host('n1').kept.set('guard.json', JSON.stringify(kept));
    cluster.start('n1');
    cluster.run(2000);
    expect(ordersOf(cluster).leases).toMatchObject([{ key: 'db', members, stops: [stop], withoutKillPath: ['db'] }]);
  });
});

describe('what the kept lists have and is proved to be down', () => {
  it('is released: a member that left its group and was stopped there', () => {
    const wish = (members: readonly string[], state: 'active' | 'standby'): SpecWish => ({
      nodes: { n1: { state }, n2: {}, n3: {} },
      groups: { web: { members, prefer: ['n1'], stopBudgetMs: 5000 } },
      resources: { web: slow },
    });
    const cluster = Cluster.begin(wish(['web', 'extra'], 'active'));
    cluster.until('all runs', () => cluster.whereRuns('extra').join() === 'n1');
    cluster.host('n1').behaviours.set('stop:web', { takesMs: 2000 });
    cluster.edit('n1', wish(['web'], 'standby'));
    cluster.until('extra is down', () => cluster.mind('n1').lives.has('extra') === false);
    cluster.run(10);
    const kept = JSON.parse(cluster.host('n1').kept.get('session.json') ?? 'null');
    expect(kept.held).toMatchObject([{ key: 'web', resources: ['extra', 'web'] }]);
    cluster.host('n1').kill();
    cluster.run(100);
    cluster.start('n1');
    cluster.until('another node runs it', () => cluster.whereRuns('web').join() !== 'n1');
    expect(unaccounted(cluster)).toEqual([]);
  });

  it('S7 is stopped as an earlier spec had it, when what that left over could not be kept', () => {
    const cluster = Cluster.begin({ groups: { db: { prefer: ['n1'] }, web: {} } });
    cluster.until('db runs', () => cluster.whereRuns('db').join() === 'n1');
    cluster.host('n1').behaviours.set('stop:db', { never: true });
    cluster.edit('n1', { groups: { web: {} } });
    cluster.until('the stop has begun', () => cluster.host('n1').calls.includes('stop db'));
    cluster.host('n1').kill();
    lose(cluster, 'leftovers.json');
    cluster.host('n1').behaviours.clear();
    cluster.run(100);
    cluster.start('n1');
    cluster.until('it is released', () => !cluster.mind('n1').holder.held.has('db'));
    expect(cluster.whereRuns('db')).toEqual([]);
  });
});
