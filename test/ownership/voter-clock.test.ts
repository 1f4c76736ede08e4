import { describe, expect, it } from 'vitest';
import { nextRandom, randomBetween, randomStream } from '../../src/base/random.js';
import type { Heartbeat } from '../../src/model/message.js';
import { receiveAck } from '../../src/ownership/answers.js';
import { isQuorate, isSaidToAll, release } from '../../src/ownership/holder.js';
import { ackOf, answer, beatAt, claimAt, heldOf, newHolder, ownAt } from './acks.js';

describe('R1 the check of the own clock against the voters', () => {
  it('raises no false alarm, whatever the delays and rates within the bound', () => {
    for (let seed = 0; seed < 200; seed++) expect(alarmsOf(seed), `seed ${seed}`).toBe(0);
  });

  it('takes the slowest clock and the fastest for healthy, however quick the datagrams: 1 + 2ρ would be too little', () => {
    const holder = newHolder({ leaseMs: 4000, everyMs: 1000 });
    ownAt(holder, 'web', 0);
    const voterMs = (1000 * 1.1) / 0.9;
    expect(answer(holder, beatAt(holder, 1000), { from: ['v1'], nowMs: 1000, ack: { clockMs: voterMs } })).toEqual([]);
  });

  it('notices from the first ack that its clock stood still, and lets everything lapse', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    answer(holder, beatAt(holder, 200), { from: ['v1'], nowMs: 210, ack: { clockMs: 210 } });
    // The machine was paused for 5 s, its clock too.
    const events = answer(holder, beatAt(holder, 400), { from: ['v1'], nowMs: 410, ack: { clockMs: 5400 } });
    expect(events).toEqual([{ kind: 'lapsed', key: 'web', epoch: 50, why: 'clock' }]);
    expect(heldOf(holder, 'web')).toMatchObject({ state: 'lapsed', validUntilMs: 410, deadByMs: 910 });
  });

  it('after that counts no ack of what was sent before, neither for a lease nor for a claim, nor for the majority', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    answer(holder, beatAt(holder, 200), { from: ['v1'], nowMs: 210, ack: { clockMs: 210 } });
    claimAt(holder, 'db', 300);
    const before = beatAt(holder, 300);
    answer(holder, before, { from: ['v2'], nowMs: 310 });
    expect(answer(holder, before, { from: ['v1'], nowMs: 320, ack: { clockMs: 5400 } })).toHaveLength(1);
    expect(answer(holder, before, { from: ['v3'], nowMs: 330 })).toEqual([]);
    expect(heldOf(holder, 'db').state).toBe('claim');
    expect(isQuorate(holder, 330)).toBe(false);
    expect(answer(holder, beatAt(holder, 340), { from: ['v2', 'v3'], nowMs: 350 })).toMatchObject([{ kind: 'owned' }]);
    expect(isQuorate(holder, 350)).toBe(true);
  });

  it('after that knows of nobody that everything is said to all before they answered again', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    answer(holder, beatAt(holder, 200), { from: ['v1', 'v2', 'v3'], nowMs: 210, ack: { clockMs: 210 } });
    release(holder, 'web', 300);
    const said = beatAt(holder, 300);
    expect(isSaidToAll(holder, 305)).toBe(false);
    answer(holder, said, { from: ['v1'], nowMs: 310, ack: { clockMs: 5310 } });
    expect(isSaidToAll(holder, 310)).toBe(false);
    answer(holder, beatAt(holder, 320), { from: ['v1', 'v2', 'v3'], nowMs: 330, ack: { clockMs: 5330 } });
    expect(isSaidToAll(holder, 330)).toBe(true);
  });

  it('compares no clocks across a start of the voter, whose clock may begin anywhere', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    answer(holder, beatAt(holder, 200), { from: ['v1'], nowMs: 210, ack: { clockMs: 210 } });
    const contact = holder.contacts.get('v1');
    if (contact === undefined) throw new Error('no contact');
    contact.clock = null;
    expect(answer(holder, beatAt(holder, 400), { from: ['v1'], nowMs: 410, ack: { clockMs: 9e9 } })).toEqual([]);
  });

  it('says nothing when the voter is the one that stood still', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    answer(holder, beatAt(holder, 200), { from: ['v1'], nowMs: 210, ack: { clockMs: 210 } });
    expect(answer(holder, beatAt(holder, 400), { from: ['v1'], nowMs: 410, ack: { clockMs: 211 } })).toEqual([]);
  });
});

/** Alarms in a history without any pause, in which both clocks run at some rate within the bound and datagrams take their time. */
function alarmsOf(seed: number): number {
  const random = randomStream(seed);
  const drift = 0.1;
  const ownRate = randomBetween(random, 1 - drift, 1 + drift);
  const voterRate = randomBetween(random, 1 - drift, 1 + drift);
  const holder = newHolder({ drift, leaseMs: 60_000, everyMs: 200 });
  const inFlight: { readonly atMs: number; readonly heartbeat: Heartbeat; readonly clockMs: number }[] = [];
  let alarms = 0;
  ownAt(holder, 'web', 0);
  for (let realMs = 1; realMs < 20_000; realMs += Math.ceil(randomBetween(random, 1, 300))) {
    const nowMs = realMs * ownRate;
    const heartbeat = beatAt(holder, nowMs).get('v1');
    const heardMs = realMs + delay(random);
    if (heartbeat !== undefined)
      inFlight.push({ atMs: heardMs + delay(random), heartbeat, clockMs: heardMs * voterRate });
    for (const each of inFlight.filter(({ atMs }) => atMs <= realMs)) {
      inFlight.splice(inFlight.indexOf(each), 1);
      const events = receiveAck(holder, ackOf(each.heartbeat, 'v1', { clockMs: each.clockMs }), nowMs);
      alarms += events.filter((event) => event.kind === 'lapsed').length;
    }
  }
  return alarms;
}

/** Mostly short, now and then very long. */
function delay(random: { state: number }): number {
  return nextRandom(random) < 0.9 ? nextRandom(random) * 50 : nextRandom(random) * 8000;
}
