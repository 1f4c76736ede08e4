import { describe, expect, it } from 'vitest';
import { specOf } from '../reconciler/specs.js';
import type { SpecWish } from '../reconciler/specs.js';
import type { World } from './driver-ports.js';
import { settled } from './driver-ports.js';
import type { Running } from './running-driver.js';
import { alone, driverOf, heartbeatOf, running, three } from './running-driver.js';

describe('a driver', () => {
  it('S4 keeps before it sends, and sends before it calls agents', () => {
    const { world, driver } = driverOf(three);
    driver.start();
    const kinds = world.done.map((each) => each.split(' ')[0]);
    expect(kinds.lastIndexOf('write')).toBeLessThan(kinds.indexOf('send'));
    expect(kinds.lastIndexOf('send')).toBeLessThan(kinds.indexOf('probe'));
    expect(world.done.slice(0, 3)).toEqual(['write voter.json', 'write guard.json', 'write session.json']);
  });

  it('wakes its mind when that asks for it, by one timer', () => {
    const { world, driver } = driverOf(three);
    driver.start();
    expect(world.alarms).toEqual([200]);
    world.done.length = 0;
    world.turn(200);
    expect(world.done.filter((each) => each.startsWith('send heartbeat'))).toHaveLength(2);
    expect(world.alarms).toEqual([200]);
  });

  it('takes what comes in the midst of a step after that step', async () => {
    const { world, driver } = await running();
    world.duringWrite = () => driver.put({ kind: 'leave' });
    world.done.length = 0;
    world.turn(200);
    expect(world.done.slice(0, 1)).toEqual(['write guard.json']);
    expect(world.done.at(-1)).toBe('stop web');
    expect(driver.mind.isLeaving).toBe(true);
  });

  it('hands bad datagrams on to be counted, and logs one of them a minute for each source', () => {
    const { world, driver } = driverOf(three);
    driver.start();
    world.said.length = 0;
    for (let i = 0; i < 50; i++) world.arrive({ bad: 'key' }, '10.9.9.9');
    world.arrive({ bad: 'short' }, '10.9.9.8');
    expect(driver.mind.counters.get('bad datagrams: key')).toBe(50);
    expect(world.said.filter((each) => each.includes('10.9.9'))).toHaveLength(2);
    world.turn(60_000);
    world.arrive({ bad: 'key' }, '10.9.9.9');
    expect(world.said.filter((each) => each.includes('10.9.9.9'))).toHaveLength(2);
  });

  it('takes what arrived together in one step: what it promises is kept once, and then everybody is answered', () => {
    const { world, driver } = driverOf(three);
    driver.start();
    // The first ones show that every voter is there, the next ones that each of them has seen that too.
    for (const seq of [1, 2]) world.arriveTogether(['n2', 'n3'].map((from) => heartbeatOf(from, seq, driver.mind)));
    world.done.length = 0;
    world.arriveTogether(['n2', 'n3'].map((from) => heartbeatOf(from, 3, driver.mind)));
    const kinds = world.done.map((each) => each.split(' ').slice(0, 2).join(' '));
    expect(kinds.filter((each) => each === 'write voter.json')).toHaveLength(1);
    expect(kinds.filter((each) => each === 'send ack')).toHaveLength(2);
    expect(kinds.indexOf('write voter.json')).toBeLessThan(kinds.indexOf('send ack'));
    expect([...driver.mind.voter.sessions.keys()].sort()).toEqual(['n1', 'n2', 'n3']);
  });

  it('S7 takes an agent that broke for one that found nothing out', async () => {
    const { world, driver } = driverOf(alone);
    driver.start();
    world.rejections.get('probe web')?.(new Error('spawn failed'));
    await settled();
    expect(driver.mind.lives.get('web')?.state).toBe('unknown');
    expect(world.said.at(-1)).toContain('spawn failed');
  });

  it('takes a ping that broke for one that found nothing out', async () => {
    const { world, driver } = driverOf({ ...alone, pings: { gateway: {} } });
    driver.start();
    await settled();
    expect(driver.mind.pings.get('gateway')).toMatchObject({ reachable: null, isUnderWay: false });
    expect(world.alarms).toHaveLength(1);
  });

  it('passes a nudge on at once', async () => {
    const { world } = await running();
    world.done.length = 0;
    world.nudge('web');
    expect(world.done).toContain('monitor web');
  });

  it('tells what happened, and goes on at once', async () => {
    const { world } = await running({ alerts: { ops: ['failure'] } });
    world.nudge('web');
    world.done.length = 0;
    await world.answer('monitor web', { kind: 'failed', reason: 'no answer', class: 'soft', code: 1 });
    expect(world.done).toContainEqual(expect.stringMatching(/^tell ops 1 on \w+, web: monitor failed: no answer/));
    expect(world.done).toContain('stop web');
  });

  it('ends when everything is handed over', async () => {
    const { world, driver, ends } = await running();
    driver.put({ kind: 'leave' });
    await world.answer('stop web', { kind: 'done' });
    expect(ends).toEqual(['left']);
    expect([world.isTransportOpen, world.areAgentsOpen, world.alarms]).toEqual([false, false, []]);
  });

  it('stops the node when an invariant is broken, and does nothing more', async () => {
    const { world, driver, ends } = await running();
    Object.defineProperty(driver.mind.holder, 'nextBeatAtMs', { get: broken, set: broken });
    world.turn(200);
    expect(ends).toEqual(['broken: this cannot be']);
    world.done.length = 0;
    driver.put({ kind: 'tick' });
    world.turn(5000);
    expect([world.done, world.alarms, world.isTransportOpen]).toEqual([[], [], false]);
  });
});

function broken(): never {
  throw new Error('this cannot be');
}

describe('S2 a start whose time has come', () => {
  /** A node alone that just began to start web, and when its lease ends. */
  async function starting(whileKept: (world: World) => void): Promise<Running & { readonly validUntilMs: number }> {
    const all = driverOf(alone);
    all.driver.start();
    all.world.duringWrite = () => whileKept(all.world);
    await all.world.answer('probe web', { kind: 'stopped' });
    const validUntilMs = all.driver.mind.holder.held.get('web')?.validUntilMs ?? 0;
    return { ...all, validUntilMs };
  }

  it('is permitted by the lease as it is when it is asked', async () => {
    const { world, driver, validUntilMs } = await starting(() => undefined);
    const isPermitted = world.permits.get('start web');
    expect(isPermitted?.()).toBe(true);
    world.nowMs = validUntilMs - 1;
    expect(isPermitted?.()).toBe(true);
    world.turn(0);
    expect(driver.mind.holder.held.get('web')?.validUntilMs).toBeGreaterThan(validUntilMs);
    world.nowMs = validUntilMs + 1;
    expect(isPermitted?.()).toBe(true);
  });

  it('is not permitted any more when this process stood still until the lease had ended', async () => {
    const { world } = await starting((of) => {
      of.nowMs += 1001;
    });
    expect(world.done).toContain('start web');
    expect(world.permits.get('start web')?.()).toBe(false);
  });

  it('is not permitted any more when a newer one has taken its place', async () => {
    const { world, validUntilMs } = await starting(() => undefined);
    const isPermitted = world.permits.get('start web');
    world.nowMs = validUntilMs;
    world.turn(1);
    await world.answer('stop web', { kind: 'done' });
    world.turn(200);
    expect(world.permits.get('start web')).not.toBe(isPermitted);
    expect(world.permits.get('start web')?.()).toBe(true);
    expect(isPermitted?.()).toBe(false);
  });

  it('is the only thing that needs it: a stop is always permitted', async () => {
    const { world, driver, validUntilMs } = await starting(() => undefined);
    world.nowMs = validUntilMs + 1;
    driver.put({ kind: 'tick' });
    expect(world.permits.get('stop web')?.()).toBe(true);
  });
});

describe('a change of what runs', () => {
  const changed = (level: string): SpecWish => ({
    ...alone,
    resources: { web: { type: 'ocf:test:web', params: { level } } },
  });

  /** A node alone whose web runs at level 1, and whose spec says 2 from now on. */
  async function editing(canReload: Promise<boolean>): Promise<World> {
    const { world, driver } = await running(changed('1'));
    world.canReload = canReload;
    world.done.length = 0;
    driver.put({ kind: 'file', text: 'other', hash: 'cd'.repeat(32) });
    world.decoding[0]?.resolve({ kind: 'spec', spec: specOf(changed('2')) });
    await settled();
    return world;
  }

  const calls = (world: World) => world.done.filter((each) => /^(compare|reload|stop|start) /.test(each));

  it('is reloaded where its agent can', async () => {
    expect(calls(await editing(Promise.resolve(true)))).toEqual(['compare web', 'reload web']);
  });

  it('is restarted where its agent cannot', async () => {
    expect(calls(await editing(Promise.resolve(false)))).toEqual(['compare web', 'stop web']);
  });

  it('is restarted where that cannot be found out', async () => {
    expect(calls(await editing(Promise.reject(new Error('no such file'))))).toEqual(['compare web', 'stop web']);
  });

  it('S4 is not reloaded while what is reloaded cannot be kept', async () => {
    const { world, driver } = await running(changed('1'));
    world.canReload = Promise.resolve(true);
    world.full.add('running.json');
    driver.put({ kind: 'file', text: 'other', hash: 'cd'.repeat(32) });
    world.decoding[0]?.resolve({ kind: 'spec', spec: specOf(changed('2')) });
    await settled();
    expect(world.done).not.toContain('reload web');
    expect(world.said.join()).toContain('what it needs could not be kept, so the reload was not tried');
  });

  it('S2 is not reloaded any more when this process stood still until the lease had ended', async () => {
    const world = await editing(Promise.resolve(true));
    const isPermitted = world.permits.get('reload web');
    expect(isPermitted?.()).toBe(true);
    world.nowMs += 1001;
    expect(isPermitted?.()).toBe(false);
  });
});

describe('a driver that has a text decoded', () => {
  it('hands the spec or the reason against it to its mind', async () => {
    const { world, driver } = driverOf(alone);
    driver.start();
    driver.put({ kind: 'file', text: 'groups: [', hash: 'cd'.repeat(32) });
    world.decoding[0]?.resolve({ kind: 'undecodable', sentence: 'test.yaml:1:9: a list ends here' });
    await settled();
    expect([...driver.mind.conditions.values()].map((each) => each.kind)).toEqual(['spec-invalid']);
    driver.put({ kind: 'file', text: 'better', hash: 'ef'.repeat(32) });
    world.decoding[1]?.resolve({ kind: 'spec', spec: specOf({ ...alone, groups: { web: {}, db: {} } }) });
    await settled();
    expect(driver.mind.revisions.inForce.generation).toBe(2);
    expect([...driver.mind.lives.keys()]).toEqual(['web', 'db']);
  });
});
