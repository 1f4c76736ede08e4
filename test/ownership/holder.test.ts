import { describe, expect, it } from 'vitest';
import { receiveAck, receiveRefusal, receiveFree } from '../../src/ownership/answers.js';
import { expire } from '../../src/ownership/expiry.js';
import { beginStop, isQuorate, mayClaim, release, resumeOwning } from '../../src/ownership/holder.js';
import { limits } from '../../src/model/limits.js';
import { ackOf, answer, beatAt, claimAt, heldOf, newHolder, ownAt, refusalOf } from './acks.js';

describe('a lease', () => {
  it('is owned once a majority acked its claim', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    const beats = beatAt(holder, 0);
    expect(answer(holder, beats, { from: ['v1'], nowMs: 5 })).toEqual([]);
    expect(answer(holder, beats, { from: ['v2'], nowMs: 6 })).toEqual([{ kind: 'owned', key: 'web', epoch: 50 }]);
  });

  it('R2 is valid until the send time of the heartbeat that a majority acked, plus the lease', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    answer(holder, beatAt(holder, 0), { from: ['v1', 'v2', 'v3'], nowMs: 150 });
    expect(heldOf(holder, 'web').validUntilMs).toBe(1000);
  });

  it('R2 is extended by the newest heartbeat that a majority acked, not by the newest at all', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    answer(holder, beatAt(holder, 200), { from: ['v1', 'v2', 'v3'], nowMs: 210 });
    answer(holder, beatAt(holder, 400), { from: ['v1'], nowMs: 410 });
    expect(heldOf(holder, 'web').validUntilMs).toBe(1200);
    answer(holder, beatAt(holder, 600), { from: ['v3'], nowMs: 610 });
    expect(heldOf(holder, 'web').validUntilMs).toBe(1400);
  });

  it('R2 R10 counts the lease length that the acked heartbeat said', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    const beats = beatAt(holder, 0);
    holder.leaseMs = 9000;
    answer(holder, beats, { from: ['v1', 'v2'], nowMs: 10 });
    expect(heldOf(holder, 'web').validUntilMs).toBe(1000);
  });

  it('R4 is not owned by acks of voters that have not recorded this claim', () => {
    const holder = newHolder();
    const before = beatAt(holder, 0);
    claimAt(holder, 'web', 10);
    const after = beatAt(holder, 10);
    expect(answer(holder, before, { from: ['v1', 'v2', 'v3'], nowMs: 20 })).toEqual([]);
    expect(answer(holder, after, { from: ['v1', 'v2'], nowMs: 20, ack: { fullVersion: 0 } })).toEqual([]);
    expect(heldOf(holder, 'web').state).toBe('claim');
  });

  it('R4 an ack of a claim that was dropped does not count for the next one', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    const first = beatAt(holder, 0);
    release(holder, 'web', 10);
    claimAt(holder, 'web', 20);
    expect(answer(holder, first, { from: ['v1', 'v2', 'v3'], nowMs: 30 })).toEqual([]);
  });

  it('R4 an ack of a beginning of the table does not count for an entry that travels in a later piece', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    ownAt(holder, 'db', 100);
    // web was claimed at version 1, and said anew at the end of the table.
    beginStop(holder, 'web', 200);
    const beats = beatAt(holder, 200);
    answer(holder, beats, { from: ['v3'], nowMs: 210, ack: { fullVersion: 4 } });
    expect(heldOf(holder, 'db').ackUntilMs.has('v3')).toBe(true);
    expect(heldOf(holder, 'web').ackUntilMs.has('v3')).toBe(false);
  });

  it('R4 an incomplete ack counts for nothing', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    expect(answer(holder, beatAt(holder, 0), { from: ['v1', 'v2'], nowMs: 10, ack: { complete: false } })).toEqual([]);
  });

  it('ignores acks of heartbeats that it never sent, of other incarnations and of nodes that do not vote', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    const heartbeat = beatAt(holder, 0).get('v1');
    if (heartbeat === undefined) throw new Error('no heartbeat');
    const foreign = [
      ackOf(heartbeat, 'v2', { seq: 77 }),
      ackOf(heartbeat, 'v2', { incarnation: 'n1-0' }),
      ackOf(heartbeat, 'v9'),
    ];
    for (const ack of foreign) expect(receiveAck(holder, ack, 10)).toEqual([]);
    receiveAck(holder, ackOf(heartbeat, 'v1'), 10);
    expect(heldOf(holder, 'web').state).toBe('claim');
  });
});

describe('the end of a lease', () => {
  it('R8 comes exactly at the end of its validity', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    expect(expire(holder, 999)).toEqual([]);
    expect(expire(holder, 1000)).toEqual([{ kind: 'lapsed', key: 'web', epoch: 50, why: 'no-majority' }]);
    expect(heldOf(holder, 'web').deadByMs).toBe(1500);
  });

  it('R8 no late ack makes it valid again', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const beats = beatAt(holder, 900);
    expire(holder, 1000);
    expect(answer(holder, beats, { from: ['v1', 'v2', 'v3'], nowMs: 1001 })).toEqual([]);
    expect(heldOf(holder, 'web').state).toBe('lapsed');
    expect(heldOf(holder, 'web').validUntilMs).toBe(1000);
  });

  it('R8 is said to the voters, which then renew it no more', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    expire(holder, 1000);
    const heartbeat = beatAt(holder, 1000).get('v1');
    expect(heartbeat?.table.entries.map((entry) => entry.value?.state)).toEqual(['lapsed']);
  });

  it('R1 has come when a majority stands by promises to others, which no voter gives before its own is over', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const beats = beatAt(holder, 200);
    const denial = (by: string) => ({ denials: [{ key: 'web', by, epochMax: 70 }] });
    expect(answer(holder, beats, { from: ['v1'], nowMs: 210, ack: denial('n2') })).toEqual([]);
    // One that refuses it for its epoch only, or stands by a promise to an earlier life of this node, says nothing of that.
    expect(answer(holder, beats, { from: ['v2'], nowMs: 211, ack: denial('') })).toEqual([]);
    expect(answer(holder, beatAt(holder, 400), { from: ['v2'], nowMs: 410, ack: denial('n1') })).toEqual([]);
    expect(heldOf(holder, 'web').state).toBe('own');
    expect(answer(holder, beatAt(holder, 600), { from: ['v3'], nowMs: 610, ack: denial('n2') })).toEqual([
      { kind: 'lapsed', key: 'web', epoch: 50, why: 'taken' },
    ]);
    expect(heldOf(holder, 'web').validUntilMs).toBe(610);
  });

  it('R1 has not come where a voter that stood by a promise to another grants it again', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const ack = { denials: [{ key: 'web', by: 'n2', epochMax: 70 }] };
    answer(holder, beatAt(holder, 200), { from: ['v1'], nowMs: 210, ack });
    const beats = beatAt(holder, 400);
    answer(holder, beats, { from: ['v1'], nowMs: 410 });
    expect(answer(holder, beats, { from: ['v2'], nowMs: 411, ack })).toEqual([]);
    expect(heldOf(holder, 'web').state).toBe('own');
  });

  it('R9 a planned stop goes on being renewed, and may be called off', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    beginStop(holder, 'web', 100);
    answer(holder, beatAt(holder, 200), { from: ['v1', 'v2'], nowMs: 210 });
    expect(heldOf(holder, 'web').state).toBe('stop');
    expect(heldOf(holder, 'web').validUntilMs).toBe(1200);
    resumeOwning(holder, 'web', 300);
    expect(heldOf(holder, 'web').state).toBe('own');
  });

  it('R9 a planned stop is no way back from a lapse', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    expire(holder, 1000);
    beginStop(holder, 'web', 1001);
    resumeOwning(holder, 'web', 1002);
    expect(heldOf(holder, 'web').state).toBe('lapsed');
  });

  it('R9 a release is said, at once, and repeated until every voter has it', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    release(holder, 'web', 100);
    expect(holder.nextBeatAtMs).toBeLessThanOrEqual(100);
    const first = beatAt(holder, 100);
    expect(first.get('v1')?.table.entries.map((entry) => entry.value)).toEqual([null]);
    answer(holder, first, { from: ['v1'], nowMs: 110 });
    const second = beatAt(holder, 300);
    expect(second.get('v1')?.table.entries).toEqual([]);
    expect(second.get('v2')?.table.entries.map((entry) => entry.value)).toEqual([null]);
    answer(holder, second, { from: ['v2', 'v3'], nowMs: 310 });
    beatAt(holder, 500);
    expect(holder.table.entries.size).toBe(0);
  });
});

describe('a claim', () => {
  it('R11 has an epoch above every one that is known, and at least the wall clock', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    expect(heldOf(holder, 'web').epoch).toBe(50);
    release(holder, 'web', 0);
    claimAt(holder, 'web', 0);
    expect(heldOf(holder, 'web').epoch).toBe(51);
  });

  it('R11 is above what a denial or a notice told', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    const denial = { key: 'web', by: 'n2', epochMax: 700 };
    answer(holder, beatAt(holder, 0), { from: ['v1', 'v2'], nowMs: 10, ack: { denials: [denial] } });
    claimAt(holder, 'web', 20);
    expect(heldOf(holder, 'web').epoch).toBe(701);
    release(holder, 'web', 20);
    receiveFree(holder, { key: 'web', epochMax: 900 });
    claimAt(holder, 'web', 30);
    expect(heldOf(holder, 'web').epoch).toBe(901);
  });

  it('R15 is dropped as soon as no majority can grant it any more, and the drop is said at once', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    const beats = beatAt(holder, 0);
    const ack = { denials: [{ key: 'web', by: 'n2', epochMax: 7 }] };
    expect(answer(holder, beats, { from: ['v1'], nowMs: 10, ack })).toEqual([]);
    expect(answer(holder, beats, { from: ['v2'], nowMs: 11, ack })).toEqual([
      { kind: 'claim-dropped', key: 'web', by: 'n2' },
    ]);
    expect(holder.nextBeatAtMs).toBeLessThanOrEqual(11);
    expect(beatAt(holder, 11).get('v3')?.table.entries.at(-1)?.value).toBeNull();
  });

  it('R15 survives denials that were followed by grants of the same voter', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    const ack = { denials: [{ key: 'web', by: 'n2', epochMax: 7 }] };
    answer(holder, beatAt(holder, 0), { from: ['v1'], nowMs: 10, ack });
    const second = beatAt(holder, 200);
    answer(holder, second, { from: ['v1'], nowMs: 210 });
    expect(answer(holder, second, { from: ['v2'], nowMs: 211, ack })).toEqual([]);
    expect(answer(holder, second, { from: ['v3'], nowMs: 212 })).toEqual([{ kind: 'owned', key: 'web', epoch: 50 }]);
  });

  it('R15 is dropped when no majority answers within three heartbeats', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    expect(expire(holder, 599)).toEqual([]);
    expect(expire(holder, 600)).toEqual([{ kind: 'claim-dropped', key: 'web', by: '' }]);
  });

  it('R15 waits a random time after each failure, up to twice as long each time, and not at all after a notice', () => {
    const holder = newHolder();
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      claimAt(holder, 'web', 0);
      expire(holder, 600);
      waits.push((holder.backOff.get('web')?.untilMs ?? 0) - 600);
    }
    for (const [i, wait] of waits.entries()) expect(wait).toBeLessThan(400 * 2 ** Math.min(i + 1, 4));
    expect(Math.max(...waits)).toBeGreaterThan(800);
    receiveFree(holder, { key: 'web', epochMax: 1 });
    answer(holder, beatAt(holder, 600), { from: ['v1', 'v2'], nowMs: 600 });
    expect(mayClaim(holder, 'web', 600)).toBe(true);
  });

  it('R15 may be made only with a majority at hand, back-off over and nothing listed', () => {
    const holder = newHolder();
    expect(mayClaim(holder, 'web', 0)).toBe(false);
    answer(holder, beatAt(holder, 0), { from: ['v1', 'v2'], nowMs: 10 });
    expect(mayClaim(holder, 'web', 10)).toBe(true);
    holder.backOff.set('web', { untilMs: 500, tries: 1 });
    expect(mayClaim(holder, 'web', 499)).toBe(false);
    expect(mayClaim(holder, 'web', 500)).toBe(true);
    claimAt(holder, 'web', 500);
    expect(mayClaim(holder, 'web', 500)).toBe(false);
    expect(mayClaim(holder, 'db', 1000)).toBe(false);
  });

  it('is one of few at a time', () => {
    const holder = newHolder();
    answer(holder, beatAt(holder, 0), { from: ['v1', 'v2'], nowMs: 10 });
    for (let i = 0; i < limits.claimsMax; i++) claimAt(holder, `g${i}`, 10);
    expect(mayClaim(holder, 'web', 10)).toBe(false);
  });
});

describe('a majority', () => {
  it('is at hand for one lease after the send of the heartbeat that it acked', () => {
    const holder = newHolder();
    const beats = beatAt(holder, 0);
    answer(holder, beats, { from: ['v1'], nowMs: 10 });
    expect(isQuorate(holder, 10)).toBe(false);
    answer(holder, beats, { from: ['v3'], nowMs: 20 });
    expect(isQuorate(holder, 999)).toBe(true);
    expect(isQuorate(holder, 1000)).toBe(false);
  });

  it('counts voters that are silent for too long as granting, only where the spec ignores the loss of quorum', () => {
    const holder = newHolder({ ignoreSilenceMs: 3000 });
    claimAt(holder, 'web', 2900);
    answer(holder, beatAt(holder, 2900), { from: ['v1'], nowMs: 2910 });
    expect(isQuorate(holder, 3000)).toBe(false);
    expect(isQuorate(holder, 3001)).toBe(true);
    answer(holder, beatAt(holder, 3001), { from: ['v1'], nowMs: 3010 });
    expect(heldOf(holder, 'web').state).toBe('own');
  });
});

describe('a voter that refuses', () => {
  it('gets its new token and the whole table at once', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const heartbeat = beatAt(holder, 200).get('v1');
    if (heartbeat === undefined) throw new Error('no heartbeat');
    expect(heartbeat.table.from).toBe(1);
    expect(receiveRefusal(holder, refusalOf(heartbeat, 'v1'), 210)).toBe(true);
    expect(holder.nextBeatAtMs).toBe(210);
    expect(beatAt(holder, 210).get('v1')).toMatchObject({ token: 'token-of-v1', table: { from: 0 } });
  });

  it('does not make the holder send without a pause, even if its token changes with every answer', () => {
    const holder = newHolder();
    let sent = 0;
    for (let nowMs = 0; nowMs < 2000; nowMs += 1) {
      if (holder.nextBeatAtMs > nowMs) continue;
      sent += 1;
      const heartbeat = beatAt(holder, nowMs).get('v1');
      if (heartbeat !== undefined) receiveRefusal(holder, refusalOf(heartbeat, 'v1', { token: `t${sent}` }), nowMs);
    }
    expect(sent).toBeLessThanOrEqual(21);
  });

  it('is asked again as soon as its quarantine ends', () => {
    const holder = newHolder();
    const heartbeat = beatAt(holder, 0).get('v1');
    if (heartbeat === undefined) throw new Error('no heartbeat');
    receiveRefusal(holder, refusalOf(heartbeat, 'v1', { reason: 'quarantine', waitMs: 57 }), 3);
    expect(holder.nextBeatAtMs).toBe(60);
  });

  it('draws no more than some heartbeats by a quarantine that does not end', () => {
    const holder = newHolder();
    let sent = 0;
    for (let nowMs = 0; nowMs < 2000; nowMs += 1) {
      if (holder.nextBeatAtMs > nowMs) continue;
      sent += 1;
      const heartbeat = beatAt(holder, nowMs).get('v1');
      if (heartbeat !== undefined)
        receiveRefusal(holder, refusalOf(heartbeat, 'v1', { reason: 'quarantine', waitMs: 1 }), nowMs);
    }
    expect(sent).toBeLessThanOrEqual(101);
  });

  it('changes nothing by a refusal of a heartbeat that was not sent', () => {
    const holder = newHolder();
    const heartbeat = beatAt(holder, 0).get('v1');
    if (heartbeat === undefined) throw new Error('no heartbeat');
    expect(receiveRefusal(holder, refusalOf(heartbeat, 'v1', { seq: 99 }), 10)).toBe(false);
    expect(holder.contacts.get('v1')?.token).toBe('');
  });
});
