/** The guard on simulated ports: every moment is exact. */
import { describe, expect, it } from 'vitest';
import { Guard } from '../../src/guard/guard.js';
import type { Naming } from '../../src/guard/guard.js';
import type { GuardAct } from '../../src/guard/guard-reports.js';
import type { MemberEnd } from '../../src/guard/kill.js';
import { Watchdog } from '../../src/guard/watchdog.js';
import type { GuardedLease, GuardOrders } from '../../src/model/guard-orders.js';
import { ManualClock } from '../host/manual-clock.js';

const LEASE: GuardedLease = {
  key: 'web',
  epoch: 7,
  state: 'own',
  validUntilMs: 2000,
  deadByMs: 3000,
  members: [{ resource: 'app', path: { kind: 'process' } }],
  withoutKillPath: [],
};

/** A guard with its world. Shape: `kills` are the times at which it began to end a lease. */
class World {
  readonly clock = new ManualClock();
  readonly kills: number[] = [];
  readonly acts: GuardAct[] = [];
  orders: GuardOrders | null = null;
  name: Naming = 'self';
  isDaemonThere = true;
  isOver = false;
  why: string | null = null;
  readonly log = { event: (): void => undefined };
  readonly guard = new Guard({
    clock: this.clock,
    log: this.log,
    watchdog: new Watchdog({ log: this.log }),
    readOrders: () => (this.orders === null ? null : JSON.stringify(this.orders)),
    naming: () => this.name,
    isDaemonThere: () => this.isDaemonThere,
    know: () => undefined,
    endAll: (lease) => this.#endAll(lease),
    report: (act) => this.acts.push(act),
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

  async #endAll(lease: GuardedLease): Promise<readonly MemberEnd[]> {
    this.kills.push(this.clock.nowMs());
    return lease.members.map(({ resource }) => ({ resource, why: this.why, wasThere: true }));
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
      { ended: [], left: ['app (process 9 does not end although it was killed)'] },
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
