/** The guard on simulated ports: every moment is exact. */
import { describe, expect, it } from 'vitest';
import { Guard } from '../../src/guard/guard.js';
import type { Naming } from '../../src/guard/guard.js';
import type { GuardAct } from '../../src/guard/guard-reports.js';
import type { MemberEnd } from '../../src/guard/agent-call.js';
import { Watchdog } from '../../src/guard/watchdog.js';
import type { GuardedLease, GuardedMember, GuardedStop, GuardOrders } from '../../src/model/guard-orders.js';
import { ManualClock } from '../host/manual-clock.js';

const LEASE: GuardedLease = {
  key: 'web',
  epoch: 7,
  state: 'own',
  validUntilMs: 2000,
  deadByMs: 3000,
  members: [{ resource: 'app', path: { kind: 'process' } }],
  stops: [],
  withoutKillPath: [],
};

/** A guard with its world. Shape: `kills` and `stops` are the times at which it began them, `calls` what was called in order. */
class World {
  readonly clock = new ManualClock();
  readonly kills: number[] = [];
  readonly stops: number[] = [];
  readonly calls: string[] = [];
  readonly stopsTakeMs = new Map<string, number>();
  readonly acts: GuardAct[] = [];
  orders: GuardOrders | null = null;
  name: Naming = 'self';
  isDaemonThere = true;
  isOver = false;
  why: string | null = null;
  /** The run directory is full: no deed can be told. */
  isFull = false;
  readonly said: string[] = [];
  readonly log = { event: (_level: string, sentence: string): void => void this.said.push(sentence) };
  readonly guard = new Guard({
    clock: this.clock,
    log: this.log,
    watchdog: new Watchdog({ log: this.log }),
    readOrders: () => (this.orders === null ? null : JSON.stringify(this.orders)),
    naming: () => this.name,
    isDaemonThere: () => this.isDaemonThere,
    know: () => undefined,
    kill: (members) => this.#kill(members),
    stop: (stop, how) => this.#stop(stop, how.signal),
    report: (act) => {
      if (this.isFull) throw new Error('no space left on device');
      this.acts.push(act);
    },
    stand: () => undefined,
    onEnd: () => {
      this.isOver = true;
    },
  });

  order(leases: readonly GuardedLease[], rest: Partial<GuardOrders> = {}): void {
    this.orders = { version: 1, leases, watchdog: null, lookEveryMs: 100, isOver: false, ...rest };
  }

  /** Lets time pass, and what was begun come to its end at each step. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      this.clock.advance(50);
      await Promise.resolve();
      await Promise.resolve();
    }
  }

  async #kill(members: readonly GuardedMember[]): Promise<readonly MemberEnd[]> {
    this.kills.push(this.clock.nowMs());
    this.calls.push(...members.map(({ resource }) => `kill ${resource}`));
    return members.map(({ resource }) => ({ resource, why: this.why, wasThere: true }));
  }

  #stop({ resource }: GuardedStop, signal: AbortSignal): Promise<MemberEnd> {
    this.calls.push(`stop ${resource}`);
    this.stops.push(this.clock.nowMs());
    const takesMs = this.stopsTakeMs.get(resource) ?? 0;
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(takesMs, () => {
        signal.removeEventListener('abort', cancelled);
        resolve({ resource, why: this.why, wasThere: true });
      });
      const cancelled = (): void => {
        timer.cancel();
        this.calls.push(`end of stop ${resource}`);
        resolve({ resource, why: 'the operation was cancelled', wasThere: true });
      };
      signal.addEventListener('abort', cancelled);
    });
  }
}

function begin(leases: readonly GuardedLease[] = [LEASE], rest: Partial<GuardOrders> = {}): World {
  const world = new World();
  world.order(leases, rest);
  world.guard.start();
  return world;
}

describe('R13 a guard', () => {
  it('acts once, a fifth of the stop budget before the deadline', async () => {
    const world = begin();
    await world.pass(10_000);
    expect(world.kills).toEqual([2800]);
    expect(world.acts).toMatchObject([{ key: 'web', daemon: 'idle', ended: ['app'], earlyMs: 200 }]);
  });

  it('goes on where its deeds cannot be told, and tells its log', async () => {
    const later = { ...LEASE, key: 'db', validUntilMs: 4000, deadByMs: 5000 };
    const world = begin([LEASE, later]);
    world.isFull = true;
    await world.pass(6000);
    expect(world.kills).toEqual([2800, 4800]);
    expect(world.said.join()).toContain('no space left on device');
  });

  it('says that a daemon that had noticed was late', async () => {
    const world = begin([{ ...LEASE, state: 'lapsed' }]);
    await world.pass(3000);
    expect(world.acts).toMatchObject([{ daemon: 'late' }]);
  });

  it('does nothing for a deadline that moves on', async () => {
    const world = begin();
    for (let round = 1; round <= 10; round++) {
      await world.pass(1000);
      world.order([{ ...LEASE, validUntilMs: 2000 + round * 1000, deadByMs: 3000 + round * 1000 }]);
    }
    expect(world.kills).toEqual([]);
  });

  it('acts on a deadline that came nearer', async () => {
    const world = begin([{ ...LEASE, validUntilMs: 20_000, deadByMs: 21_000 }]);
    await world.pass(1000);
    world.order([LEASE]);
    await world.pass(2000);
    expect(world.kills).toEqual([2800]);
  });

  it('tries again every second until it is proved that nothing is left', async () => {
    const world = begin();
    world.why = 'process 9 does not end although it was killed';
    await world.pass(5000);
    world.why = null;
    await world.pass(5000);
    expect(world.kills.slice(0, 2)).toEqual([2800, 3800]);
    expect(world.kills).toHaveLength(4);
    expect(world.acts).toMatchObject([
      { ended: [], left: [{ resource: 'app', why: 'process 9 does not end although it was killed' }] },
      { ended: ['app'] },
    ]);
  });

  it('acts by the last orders when there are no more', async () => {
    const world = begin();
    await world.pass(1000);
    world.orders = null;
    world.name = 'none';
    world.isDaemonThere = false;
    await world.pass(3000);
    expect(world.kills).toEqual([2800]);
    expect(world.isOver).toBe(true);
  });

  it('stays while there is something to end, whoever is gone', async () => {
    const world = begin();
    world.name = 'none';
    world.isDaemonThere = false;
    await world.pass(2000);
    expect(world.isOver).toBe(false);
  });

  it('ends ten seconds after the daemon, when there is nothing to guard', async () => {
    const world = begin([]);
    await world.pass(60_000);
    expect(world.isOver).toBe(false);
    world.isDaemonThere = false;
    await world.pass(9000);
    expect(world.isOver).toBe(false);
    await world.pass(3000);
    expect(world.isOver).toBe(true);
  });

  it('R13 stays for a daemon that began after it was looked for the last time', async () => {
    const world = begin([], { lookEveryMs: 300 });
    world.isDaemonThere = false;
    await world.pass(11_000);
    world.isDaemonThere = true;
    await world.pass(60_000);
    expect(world.isOver).toBe(false);
  });

  it('ends at once when another one is named', async () => {
    const world = begin();
    world.name = 'other';
    await world.pass(200);
    expect(world.isOver).toBe(true);
    expect(world.kills).toEqual([]);
  });

  it('ends what a daemon that has handed over left listed, before itself', async () => {
    const world = begin([LEASE], { isOver: true });
    await world.pass(2500);
    expect(world.isOver).toBe(false);
    await world.pass(1000);
    expect(world.kills).toEqual([2800]);
    expect(world.isOver).toBe(true);
  });
});

describe('R13 a guard of what only its agent can stop', () => {
  const NGINX: GuardedStop = {
    resource: 'nginx',
    type: 'ocf:heartbeat:nginx',
    params: {},
    timeoutMs: 500,
    membersBefore: 1,
  };
  const WEB: GuardedLease = { ...LEASE, stops: [NGINX], withoutKillPath: ['nginx'] };

  function gone(lease: GuardedLease = WEB): World {
    const world = begin([lease]);
    world.isDaemonThere = false;
    return world;
  }

  it('stops it when the lease of a dead daemon ends, and what was started before it after that', async () => {
    const world = gone();
    world.stopsTakeMs.set('nginx', 300);
    await world.pass(4000);
    expect(world.calls).toEqual(['stop nginx', 'kill app']);
    expect([world.stops, world.kills]).toEqual([[2000], [2300]]);
    expect(world.acts).toMatchObject([
      { daemon: 'gone', ended: ['app', 'nginx'], left: [], withoutKillPath: [], earlyMs: 700 },
    ]);
  });

  it('kills what was started after it first', async () => {
    const world = gone({ ...WEB, stops: [{ ...NGINX, membersBefore: 0 }] });
    await world.pass(4000);
    expect(world.calls).toEqual(['kill app', 'stop nginx']);
    expect([world.kills, world.stops]).toEqual([[2000], [2000]]);
  });

  it('gives a daemon that is there a tenth of the stop budget to notice', async () => {
    const world = begin([WEB]);
    await world.pass(4000);
    expect(world.stops).toEqual([2100]);
    expect(world.acts).toMatchObject([{ daemon: 'idle' }]);
  });

  it('leaves it to a daemon that has noticed, until the last moment', async () => {
    const world = begin([{ ...WEB, state: 'lapsed' }]);
    await world.pass(4000);
    expect([world.stops, world.kills]).toEqual([[2800], [2800]]);
  });

  it('takes over at once from a daemon that had noticed and died', async () => {
    const world = begin([{ ...WEB, state: 'lapsed' }]);
    await world.pass(2200);
    world.isDaemonThere = false;
    await world.pass(2000);
    expect(world.stops).toEqual([2300]);
  });

  it('kills the others at the last moment while a stop hangs, and says what it could not end', async () => {
    const world = gone();
    world.stopsTakeMs.set('nginx', 5000);
    await world.pass(3000);
    expect(world.calls).toEqual(['stop nginx', 'kill app']);
    expect(world.kills).toEqual([2800]);
    world.why = 'it did not end in time';
    await world.pass(4500);
    expect(world.acts).toMatchObject([
      { ended: ['app'], left: [] },
      { ended: [], left: [{ resource: 'nginx', why: 'it did not end in time' }] },
    ]);
    expect(world.isOver).toBe(false);
  });

  it('ends a stop under way when the orders name the lease no more', async () => {
    const world = gone();
    world.stopsTakeMs.set('nginx', 5000);
    await world.pass(2500);
    world.order([]);
    await world.pass(200);
    expect(world.calls).toEqual(['stop nginx', 'end of stop nginx']);
    expect(world.acts).toMatchObject([
      { ended: [], left: [{ resource: 'nginx', why: 'the operation was cancelled' }] },
    ]);
  });

  it.each([
    ['another definition of the same', [NGINX, { ...NGINX, timeoutMs: 600 }], []],
    ['what was started before it', [{ ...NGINX, resource: 'db' }, NGINX], []],
    ['a kill', [{ ...NGINX, membersBefore: 1 }], LEASE.members],
  ])('S3 begins nothing after a stop when the orders name the lease no more by then: %s', async (_, stops, members) => {
    const world = new World();
    const lease = { ...LEASE, members, stops: stops.map((stop) => ({ ...stop, membersBefore: members.length })) };
    world.order([lease], { lookEveryMs: 500 });
    world.isDaemonThere = false;
    world.stopsTakeMs.set('nginx', 200);
    world.guard.start();
    await world.pass(2150);
    world.order([], { lookEveryMs: 500 });
    await world.pass(400);
    expect(world.calls).toEqual(['stop nginx']);
  });

  it('tells what it had ended when the lease is renewed after all, for the daemon believes that it runs', async () => {
    const app: GuardedStop = { ...NGINX, resource: 'app', membersBefore: 0 };
    const lease = { ...LEASE, members: [], stops: [app, { ...NGINX, membersBefore: 0 }] };
    const world = gone(lease);
    world.stopsTakeMs.set('nginx', 100).set('app', 700);
    await world.pass(2300);
    world.order([{ ...lease, validUntilMs: 9000, deadByMs: 9900 }]);
    await world.pass(100);
    expect(world.calls).toEqual(['stop nginx', 'stop app', 'end of stop app']);
    expect(world.acts).toMatchObject([
      { ended: ['nginx'], left: [{ resource: 'app', why: 'the operation was cancelled' }] },
    ]);
  });

  it('does nothing while the lease is renewed', async () => {
    const world = begin([WEB]);
    for (let round = 1; round <= 10; round++) {
      await world.pass(1000);
      world.order([{ ...WEB, validUntilMs: 2000 + round * 1000, deadByMs: 3000 + round * 1000 }]);
    }
    expect(world.calls).toEqual([]);
  });
});
