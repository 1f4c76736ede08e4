import { describe, expect, it } from 'vitest';
import type { Ack, Heartbeat } from '../../src/model/message.js';
import { beat, goAlong } from '../../src/ownership/beat.js';
import { mayRide, owe, takeLeftBehind, takeOwed } from '../../src/ownership/owed-acks.js';
import type { VoterState } from '../../src/ownership/voter-state.js';
import { answer, beatAt, claimAt, newHolder } from './acks.js';
import type { Candidate } from './heartbeats.js';
import { candidate, drop, listClaim, newVoter, nextHeartbeat, put, said } from './heartbeats.js';

/** A heartbeat that says nothing new, of a node that reads acks in heartbeats. */
function renewal(from: Candidate): Heartbeat {
  const { version } = from.table;
  return nextHeartbeat(from, { table: { from: version, to: version, entries: [] }, ack: null });
}

/** Puts a heartbeat to a voter, whose ack is then owed. */
function oweFor(voter: VoterState, heartbeat: Heartbeat, nowMs: number): Ack {
  for (const { message } of put(voter, heartbeat, nowMs)) {
    if (message.kind !== 'ack') continue;
    expect(mayRide(heartbeat, message)).toBe(true);
    owe(voter, heartbeat, message);
    return message;
  }
  throw new Error('the voter did not ack');
}

describe('an ack that is owed', () => {
  it('of a node that has nothing waits for the next heartbeat to it', () => {
    const voter = newVoter();
    const ack = oweFor(voter, renewal(candidate('n1')), 0);
    expect(takeLeftBehind(voter, false).size).toBe(0);
    expect(takeOwed(voter, 'n1')).toBe(ack);
    expect(takeOwed(voter, 'n1')).toBeNull();
  });

  it('R2 of a node that owns or claims something does not wait', () => {
    const voter = newVoter();
    const n1 = candidate('n1');
    listClaim(n1, 'web');
    put(voter, nextHeartbeat(n1), 0);
    const ack = oweFor(voter, renewal(n1), 200);
    expect(takeLeftBehind(voter, false)).toEqual(new Map([['n1', { ack, isUrgent: true }]]));
    expect(takeOwed(voter, 'n1')).toBeNull();
  });

  it('R9 of a release does not wait', () => {
    const voter = newVoter();
    const n1 = candidate('n1');
    listClaim(n1, 'web');
    put(voter, nextHeartbeat(n1), 0);
    drop(n1, 'web');
    oweFor(voter, nextHeartbeat(n1, { ack: null }), 100);
    expect(takeLeftBehind(voter, false).size).toBe(1);
  });

  it('is said by itself after a heartbeat that had no room for it', () => {
    const voter = newVoter();
    const ack = oweFor(voter, renewal(candidate('n1')), 0);
    expect(takeLeftBehind(voter, true)).toEqual(new Map([['n1', { ack, isUrgent: false }]]));
  });

  it('R5 makes an older one needless, and a copy of what it answered too once it was said', () => {
    const voter = newVoter();
    const n1 = candidate('n1');
    oweFor(voter, renewal(n1), 0);
    const heartbeat = renewal(n1);
    const ack = oweFor(voter, heartbeat, 200);
    expect(said(put(voter, heartbeat, 200))).toEqual(['n1: ack full 0']);
    expect(takeOwed(voter, 'n1')).toBe(ack);
    expect(put(voter, heartbeat, 201)).toEqual([]);
    expect(said(put(voter, renewal(n1), 400))).toEqual(['n1: ack full 0']);
  });

  it('is none for a node of an earlier version, and none where something was denied', () => {
    const voter = newVoter();
    const [n1, n2] = [candidate('n1'), candidate('n2')];
    listClaim(n1, 'web');
    put(voter, nextHeartbeat(n1), 0);
    listClaim(n2, 'web', { epoch: 2 });
    const asks = nextHeartbeat(n2, { ack: null });
    const old = nextHeartbeat(candidate('n3'));
    for (const heartbeat of [asks, old]) {
      for (const { message } of put(voter, heartbeat, 10))
        expect(message.kind === 'ack' && mayRide(heartbeat, message)).toBe(false);
    }
  });
});

describe('a heartbeat with room for an ack', () => {
  const ack: Ack = {
    kind: 'ack',
    from: 'n1',
    incarnation: 'v2-1',
    seq: 7,
    fullVersion: 0,
    denials: [],
    complete: true,
    clockMs: 5,
    configuration: { phase: 0, hash: '0' },
    digest: [],
    continuity: { memory: 'm', breaks: 0 },
  };
  const beatWith = (holder: ReturnType<typeof newHolder>, nowMs: number) =>
    new Map(
      beat(holder, { nowMs, digest: () => [], ackFor: (voter) => (voter === 'v2' ? ack : null) }).map(
        ({ to, heartbeat }) => [to, heartbeat],
      ),
    );

  it('goes to voters that answered lately; from others an ack is wanted at once', () => {
    const holder = newHolder();
    expect(beatWith(holder, 0).get('v2')?.ack).toBeUndefined();
    answer(holder, beatAt(holder, 200), { from: ['v2'], nowMs: 201 });
    const next = beatWith(holder, 400);
    expect([next.get('v2')?.ack, next.get('v3')?.ack]).toEqual([ack, undefined]);
    // Half of the lease after the heartbeat that was acked, the next answer is wanted at once.
    expect(beatWith(holder, 699).get('v2')?.ack).toBe(ack);
    expect(beatWith(holder, 700).get('v2')?.ack).toBeUndefined();
  });

  it('says nothing of leases', () => {
    const holder = newHolder();
    answer(holder, beatAt(holder, 0), { from: ['v2'], nowMs: 1 });
    claimAt(holder, 'web', 100);
    expect(beatWith(holder, 100).get('v2')).toMatchObject({ table: { entries: [{ key: 'web' }] }, ack: null });
  });
});

describe('a node that goes along with another one', () => {
  /** When it beats, if the other one does at these times. */
  function beatsOf(leader: readonly number[], untilMs: number): number[] {
    const holder = newHolder();
    const beats: number[] = [];
    for (let nowMs = 0; nowMs <= untilMs; nowMs++) {
      if (leader.includes(nowMs)) goAlong(holder, nowMs);
      if (holder.nextBeatAtMs > nowMs) continue;
      beatAt(holder, nowMs);
      beats.push(nowMs);
    }
    return beats;
  }
  const every = (fromMs: number, count: number) => Array.from({ length: count }, (_, i) => fromMs + 200 * i);

  it.each([1, 30, 99, 150, 199])('beats with it before long, whatever lies between them: %d ms', (fromMs) => {
    const leader = every(fromMs, 12);
    const beats = beatsOf(leader, 2600);
    expect(beats).toEqual(expect.arrayContaining(leader.slice(7)));
    const gaps = beats.slice(1).map((atMs, i) => atMs - (beats[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(162);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(225);
  });

  it('waits an eighth longer for one that is late, and beats by itself when it is gone', () => {
    expect(beatsOf([150, 350, 550, 770], 1500).slice(-5)).toEqual([550, 770, 995, 1195, 1395]);
  });

  it('is not kept from its own by one that beats again and again', () => {
    const all = Array.from({ length: 300 }, (_, i) => 3 * i);
    const beats = beatsOf(all, 900);
    const gaps = beats.slice(1).map((atMs, i) => atMs - (beats[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(225);
  });

  it('sends a claim at once all the same', () => {
    const holder = newHolder();
    beatAt(holder, 0);
    goAlong(holder, 1);
    claimAt(holder, 'web', 2);
    goAlong(holder, 3);
    expect(holder.nextBeatAtMs).toBe(2);
  });
});
