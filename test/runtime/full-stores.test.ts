import { describe, expect, it } from 'vitest';
import type { Mind } from '../../src/reconciler/mind.js';
import type { Promised } from '../../src/reconciler/promised-lengths.js';
import type { World } from './driver-ports.js';
import type { Running } from './running-driver.js';
import { alone, driverOf, heartbeatOf, three } from './running-driver.js';

/** One of three voters that have founded their cluster, with what was done until then forgotten. */
function founded(promised: readonly Promised[] = [], full: readonly string[] = []): Running {
  const all = driverOf(three, promised);
  for (const name of full) all.world.full.add(name);
  all.driver.start();
  for (const seq of [1, 2]) beatOfOthers(all.world, all.driver.mind, seq, 1000);
  all.world.done.length = 0;
  return all;
}

/** Both other nodes of three are heard at once. */
function beatOfOthers(world: World, mind: Mind, seq: number, leaseMs: number): void {
  world.arriveTogether(['n2', 'n3'].map((from) => ({ ...heartbeatOf(from, seq, mind), leaseMs })));
}

/** The leases for which a later boot would be silent. */
function lengthsIn(world: World): number[] {
  return JSON.parse(world.texts.get('promises.json') ?? '[]').map((each: Promised) => each.leaseMs);
}

describe('S4 a driver whose volatile store is full', () => {
  it('sends nothing, and tries again with every step but not in between', () => {
    const { world, driver } = driverOf(three);
    world.full.add('volatile');
    driver.start();
    expect(world.done.filter((each) => each.startsWith('send'))).toEqual([]);
    expect(world.done.filter((each) => each === 'write voter.json')).toHaveLength(1);
    world.turn(200);
    expect(world.done.filter((each) => each === 'write voter.json')).toHaveLength(2);
    expect(world.done.filter((each) => each.startsWith('send'))).toEqual([]);
  });

  it('says so once, and once it is over sends again and takes the condition back', () => {
    const { world, driver } = driverOf(three);
    world.full.add('volatile');
    driver.start();
    world.turn(200);
    const said = world.said.filter((each) => each.includes('voter.json'));
    expect(said).toEqual([
      'error: voter.json cannot be kept, so this node sends and starts nothing until it can: no space left on device',
    ]);
    expect([...driver.mind.conditions.values()].map((each) => each.kind)).toContain('store-failed');
    world.full.clear();
    world.turn(200);
    expect(world.done.filter((each) => each.startsWith('send heartbeat'))).toHaveLength(2);
    expect([...driver.mind.conditions.values()].map((each) => each.kind)).not.toContain('store-failed');
  });

  it('does not send what waits in the inbox either', () => {
    const { world, driver } = driverOf(three);
    world.full.add('volatile');
    world.duringWrite = () => {
      world.nowMs += 200;
      driver.put({ kind: 'tick' });
    };
    driver.start();
    expect(driver.mind.holder.seq).toBe(2);
    expect(world.done.filter((each) => each.startsWith('send'))).toEqual([]);
  });

  it('starts nothing, and still stops', async () => {
    const { world, driver } = driverOf(alone);
    driver.start();
    world.full.add('volatile');
    await world.answer('probe web', { kind: 'stopped' });
    world.turn(200);
    expect(world.done).not.toContain('start web');
    expect(world.done).toContain('stop web');
  });
});

describe('a driver whose durable store is full', () => {
  it('goes on, since what it cannot keep only helps a later start, and says so', () => {
    const { world, driver } = driverOf(three);
    world.full.add('promises.json');
    driver.start();
    expect(world.done.filter((each) => each.startsWith('send heartbeat'))).toHaveLength(2);
    expect(world.said.filter((each) => each.includes('promises.json'))).toEqual([
      'error: promises.json cannot be kept, so a later start will not find it: no space left on device',
    ]);
  });

  it('keeps it as soon as there is room, and takes back what it said', () => {
    const { world, driver } = driverOf(three);
    world.full.add('promises.json');
    driver.start();
    const isTold = () => [...driver.mind.conditions.values()].some(({ kind }) => kind === 'store-failed');
    for (let i = 0; i < 30; i++) world.turn(200);
    expect(isTold()).toBe(true);
    world.full.clear();
    world.done.length = 0;
    for (let i = 0; i < 30; i++) world.turn(200);
    expect(world.done.filter((each) => each === 'write promises.json')).toHaveLength(1);
    expect(isTold()).toBe(false);
  });

  it('R7 acks no lease that is longer than a later boot would know of, until there is room', () => {
    const { world, driver } = founded();
    world.full.add('promises.json');
    for (const seq of [3, 4, 5]) beatOfOthers(world, driver.mind, seq, 60_000);
    expect(world.done.filter((each) => each.startsWith('send'))).toEqual([]);
    expect(world.said.at(-1)).toBe(
      'error: promises.json cannot be kept, so this node sends and starts nothing until it can: no space left on device',
    );
    world.full.clear();
    beatOfOthers(world, driver.mind, 6, 60_000);
    expect(world.done.filter((each) => each.startsWith('send ack'))).toHaveLength(2);
    expect(lengthsIn(world)).toContain(60_000);
    expect([...driver.mind.conditions.values()].map((each) => each.kind)).not.toContain('store-failed');
  });

  it('R7 goes on while nothing gets longer than what a later boot would know of', () => {
    const { world, driver } = founded([{ leaseMs: 60_000, stopBudgetMs: 90_000, untilWallMs: 0 }], ['promises.json']);
    for (const seq of [3, 4, 5]) beatOfOthers(world, driver.mind, seq, 60_000);
    expect(world.done.filter((each) => each.startsWith('send ack'))).toHaveLength(6);
    expect(world.said.filter((each) => each.includes('promises.json'))).toEqual([
      'error: promises.json cannot be kept, so a later start will not find it: no space left on device',
    ]);
  });

  it('R7 keeps what it needs, and not what it could not keep before that', () => {
    const { world, driver } = founded([{ leaseMs: 1500, stopBudgetMs: 90_000, untilWallMs: 0 }], ['promises.json']);
    beatOfOthers(world, driver.mind, 3, 60_000);
    world.full.clear();
    // By now what only helps a later start is tried again as well.
    world.turn(2000);
    expect(lengthsIn(world)).toEqual([1500, 1000, 60_000]);
  });

  it('R7 goes on without room when the longer lease that it did not ack would be over', () => {
    const { world, driver } = founded([{ leaseMs: 1500, stopBudgetMs: 90_000, untilWallMs: 0 }]);
    world.full.add('promises.json');
    beatOfOthers(world, driver.mind, 3, 60_000);
    // P(60 s) is 71.9 s.
    world.turn(60_000);
    beatOfOthers(world, driver.mind, 4, 1000);
    expect(world.done.filter((each) => each.startsWith('send'))).toEqual([]);
    world.turn(12_000);
    beatOfOthers(world, driver.mind, 5, 1000);
    expect(world.done.filter((each) => each.startsWith('send ack'))).toHaveLength(2);
    expect(world.said.filter((each) => each.includes('promises.json'))).toEqual([
      'error: promises.json cannot be kept, so this node sends and starts nothing until it can: no space left on device',
      'error: promises.json cannot be kept, so a later start will not find it: no space left on device',
    ]);
  });

  it('R12 says nothing while it cannot keep which voters it counts', () => {
    const { world, driver } = driverOf(three);
    world.full.add('voters.json');
    driver.start();
    expect(world.done.filter((each) => each.startsWith('send'))).toEqual([]);
    expect(world.said.filter((each) => each.includes('voters.json'))).toEqual([
      'error: voters.json cannot be kept, so this node sends and starts nothing until it can: no space left on device',
    ]);
    world.full.clear();
    world.turn(200);
    expect(world.done.filter((each) => each.startsWith('send heartbeat'))).toHaveLength(2);
  });
});
