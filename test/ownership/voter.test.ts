import { describe, expect, it } from 'vitest';
import { setEntry } from '../../src/base/versioned-table.js';
import { limits } from '../../src/model/limits.js';
import { configurationOf } from '../../src/ownership/quorum.js';
import { expirePromises, nextFreeAtMs } from '../../src/ownership/promise-end.js';
import { longestAckedMs } from '../../src/ownership/voter.js';
import {
  TOKEN,
  candidate,
  change,
  drop,
  listClaim,
  newVoter,
  nextHeartbeat,
  put,
  renewAt,
  said,
} from './heartbeats.js';

describe('a voter that is asked', () => {
  it('grants what nobody holds', () => {
    const n1 = candidate('n1');
    listClaim(n1, 'web');
    expect(said(put(newVoter(), nextHeartbeat(n1), 0))).toEqual(['n1: ack full 1']);
  });

  it('denies what somebody else holds, and says who and with which epoch', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    listClaim(n2, 'web', { epoch: 9 });
    renewAt(voter, n1, 0);
    expect(said(put(voter, nextHeartbeat(n2), 10))).toEqual(['n2: ack full 1, web denied (by n1, epoch 7)']);
  });

  it('R3 keeps a promise until the receipt of the last heartbeat plus P(L) + P(G)', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    listClaim(n2, 'web', { epoch: 9 });
    renewAt(voter, n1, 0);
    renewAt(voter, n1, 100);
    expect(renewAt(voter, n2, 100 + 1223 + 612 - 1).denials).toHaveLength(1);
    expect(renewAt(voter, n2, 100 + 1223 + 612).denials).toEqual([]);
  });

  it('R12 knows by which lease its acks may count for somebody, for as long as they may', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    expect(longestAckedMs(voter, 0)).toBe(0);
    renewAt(voter, n1, 0, { leaseMs: 5000 });
    renewAt(voter, n1, 100);
    // P(5000) = 6111.
    expect([200, 6111, 6112].map((nowMs) => longestAckedMs(voter, nowMs))).toEqual([5000, 5000, 0]);
    renewAt(voter, n1, 6000);
    expect([6001, 7222, 7223].map((nowMs) => longestAckedMs(voter, nowMs))).toEqual([1000, 1000, 0]);
  });

  it('R3 does not renew what the holder says has lapsed, and keeps the promise that it had', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    listClaim(n2, 'web', { epoch: 9 });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'lapsed' });
    renewAt(voter, n1, 1000);
    expect(renewAt(voter, n2, 1834).denials).toHaveLength(1);
    expect(renewAt(voter, n2, 1835).denials).toEqual([]);
  });

  it('R5 ignores a heartbeat older than the last, and counts it', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    const old = nextHeartbeat(n1);
    drop(n1, 'web');
    renewAt(voter, n1, 0);
    expect(put(voter, old, 10)).toEqual([]);
    expect(voter.replays).toBe(1);
    listClaim(n2, 'web', { epoch: 9 });
    expect(renewAt(voter, n2, 20).denials).toEqual([]);
  });

  it('R5 answers the same heartbeat over a second link with the ack that it gave', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    const heartbeat = nextHeartbeat(n1);
    const first = put(voter, heartbeat, 0);
    expect(put(voter, heartbeat, 50)).toEqual(first);
    expect(voter.promises.get('web')?.untilMs).toBe(1223 + 612);
  });

  it('R7 in quarantine neither grants nor renews, and says for how long', () => {
    const [voter, n1] = [newVoter({ quarantineUntilMs: 1000 }), candidate('n1')];
    listClaim(n1, 'web');
    expect(said(put(voter, nextHeartbeat(n1), 400.5))).toEqual(['n1: refusal quarantine, wait 600']);
    expect(voter.promises.size).toBe(0);
    expect(said(put(voter, nextHeartbeat(n1), 1000))).toEqual(['n1: ack full 1']);
  });

  it('R10 promises for the lease in the heartbeat, not for its own', () => {
    const [voter, n1] = [newVoter({ leaseMs: 10 }), candidate('n1')];
    listClaim(n1, 'web', { stopBudgetMs: 0 });
    renewAt(voter, n1, 0, { leaseMs: 5000 });
    expect(voter.promises.get('web')?.untilMs).toBe(6112);
  });

  it('R10 a shorter lease does not shorten what was promised for a longer one', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web', { stopBudgetMs: 0 });
    renewAt(voter, n1, 0, { leaseMs: 5000 });
    renewAt(voter, n1, 100, { leaseMs: 1000 });
    expect(voter.promises.get('web')?.untilMs).toBe(6112);
  });

  it('R11 grants only an epoch above the highest it saw, also after a release', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    renewAt(voter, n1, 0);
    drop(n1, 'web');
    renewAt(voter, n1, 10);
    listClaim(n2, 'web', { epoch: 7 });
    expect(said(put(voter, nextHeartbeat(n2), 20))).toEqual(['n2: ack full 1, web denied (by its epoch, epoch 7)']);
    drop(n2, 'web');
    listClaim(n2, 'web', { epoch: 8 });
    expect(renewAt(voter, n2, 30).denials).toEqual([]);
  });

  it('R11 keeps epochs per resource, so that a resource under another key gets a newer one too', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7, resources: ['vip'] });
    renewAt(voter, n1, 0);
    drop(n1, 'web');
    renewAt(voter, n1, 10);
    listClaim(n2, 'www', { epoch: 7, resources: ['vip'] });
    expect(renewAt(voter, n2, 20).denials).toEqual([{ key: 'www', epochMax: 7, by: '' }]);
  });

  it('R11 renews what it promised without a look at the epoch', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'own' });
    listClaim(n2, 'www', { epoch: 99, resources: [] });
    renewAt(voter, n2, 10);
    voter.epochMax.set('web', 99);
    expect(renewAt(voter, n1, 20).denials).toEqual([]);
  });

  it('R11 has an owner of whom it knows nothing ask under an epoch above the one that a rival raised', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n2, 'web', { epoch: 99 });
    renewAt(voter, n2, 0);
    drop(n2, 'web');
    renewAt(voter, n2, 10);
    listClaim(n1, 'web', { epoch: 7, state: 'own' });
    expect(renewAt(voter, n1, 20).denials).toEqual([{ key: 'web', by: '', epochMax: 99 }]);
    change(n1, 'web', { epoch: 100 });
    expect(renewAt(voter, n1, 30).denials).toEqual([]);
    expect(voter.epochMax.get('web')).toBe(100);
  });

  it('R15 tells those whom it denied as soon as the lease is free, once', () => {
    const [voter, n1, n2, n3] = [newVoter(), candidate('n1'), candidate('n2'), candidate('n3')];
    for (const each of [n1, n2, n3]) listClaim(each, 'web', { epoch: 7 });
    change(n1, 'web', { state: 'own' });
    for (const each of [n1, n2, n3]) renewAt(voter, each, 0);
    drop(n1, 'web');
    expect(said(put(voter, nextHeartbeat(n1), 10))).toEqual(['n1: ack full 3', 'n2: free web', 'n3: free web']);
    expect(said(put(voter, nextHeartbeat(n1), 20))).toEqual(['n1: ack full 3']);
  });

  it('R15 tells them too when the promise just runs out, and knows when that will be', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    for (const each of [n1, n2]) listClaim(each, 'web', { epoch: 7 });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'own' });
    renewAt(voter, n1, 0);
    expect(nextFreeAtMs(voter)).toBe(Number.POSITIVE_INFINITY);
    renewAt(voter, n2, 10);
    expect(nextFreeAtMs(voter)).toBe(1835);
    expect(said(expirePromises(voter, 1834))).toEqual([]);
    expect(said(expirePromises(voter, 1835))).toEqual(['n2: free web']);
  });

  it('R15 tells nobody of a claim that was dropped: those who were told would all claim again at once', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    for (const each of [n1, n2]) listClaim(each, 'web', { epoch: 7 });
    for (const each of [n1, n2]) renewAt(voter, each, 0);
    drop(n1, 'web');
    expect(said(put(voter, nextHeartbeat(n1), 10))).toEqual(['n1: ack full 2']);
    expect(nextFreeAtMs(voter)).toBe(Number.POSITIVE_INFINITY);
  });

  it('remembers no more waiting candidates than the limit', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    renewAt(voter, n1, 0);
    for (let i = 0; i < limits.waitersPerGroupMax + 3; i++) {
      const rival = candidate(`rival-${i}`);
      listClaim(rival, 'web');
      renewAt(voter, rival, 10);
    }
    expect(voter.waiters.get('web')).toHaveLength(limits.waitersPerGroupMax);
  });
});

describe('exclusion by resource', () => {
  it('denies a claim under another key that lists a resource which somebody else holds', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { resources: ['nginx', 'vip'] });
    listClaim(n2, 'www', { epoch: 9, resources: ['apache', 'vip'] });
    renewAt(voter, n1, 0);
    expect(said(put(voter, nextHeartbeat(n2), 10))).toEqual(['n2: ack full 1, www denied (by n1, epoch 1)']);
  });

  it('grants under another key what has no resource in common', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { resources: ['nginx', 'vip'] });
    listClaim(n2, 'db', { resources: ['postgres'] });
    renewAt(voter, n1, 0);
    expect(renewAt(voter, n2, 10).denials).toEqual([]);
  });

  it('grants one node two keys with a resource in common: it cannot exclude itself', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web', { resources: ['vip'] });
    listClaim(n1, 'www', { epoch: 2, resources: ['vip'] });
    expect(renewAt(voter, n1, 0).denials).toEqual([]);
  });

  it('does not renew a promise that ran out, once one of its resources was granted under another key', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { resources: ['vip'], state: 'own' });
    listClaim(n2, 'www', { epoch: 9, resources: ['vip'] });
    renewAt(voter, n1, 0);
    renewAt(voter, n2, 2000);
    expect(renewAt(voter, n1, 2010).denials).toEqual([{ key: 'web', epochMax: 9, by: 'n2' }]);
  });
});

describe('the pieces of a table', () => {
  it('R4 acks only up to where it has everything', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    for (const key of ['a', 'b', 'c']) listClaim(n1, key);
    const entries = [...n1.table.entries.values()];
    const ack = renewAt(voter, n1, 0, { table: { from: 0, to: 2, entries: entries.slice(0, 2) } });
    expect(ack.fullVersion).toBe(2);
    expect([...voter.promises.keys()]).toEqual(['a', 'b']);
  });

  it('refuses a piece that begins above what it has, and renews what it has', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'a');
    renewAt(voter, n1, 0);
    listClaim(n1, 'b');
    listClaim(n1, 'c');
    const ack = renewAt(voter, n1, 100, {
      table: { from: 2, to: 3, entries: [...n1.table.entries.values()].slice(2) },
    });
    expect(ack.fullVersion).toBe(1);
    expect(voter.promises.get('a')?.untilMs).toBe(100 + 1835);
  });

  it('begins anew when what it recorded is not what the holder has', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'a');
    renewAt(voter, n1, 0);
    // The holder forgot the tombstone: only the fingerprint tells.
    n1.table.entries.delete('a');
    n1.table.version += 1;
    const ack = renewAt(voter, n1, 10, { table: { from: 2, to: 2, entries: [] } });
    expect(ack.fullVersion).toBe(1);
    expect(renewAt(voter, n1, 20).fullVersion).toBe(0);
    expect(renewAt(voter, n1, 30).fullVersion).toBe(2);
  });

  it('begins anew when its holder went back: a daemon that was killed before it kept as much', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'a');
    const kept = { version: n1.table.version, entries: new Map(n1.table.entries) };
    listClaim(n1, 'web', { epoch: 7 });
    renewAt(voter, n1, 0);
    const again = { ...candidate('n1'), seq: n1.seq, table: kept };
    expect(renewAt(voter, again, 1000).fullVersion).toBe(1);
    listClaim(n2, 'web', { epoch: 8 });
    expect(renewAt(voter, n2, 1010).denials).toHaveLength(1);
    renewAt(voter, again, 1800);
    expect(renewAt(voter, n2, 1900).denials).toEqual([]);
    expect(voter.promises.get('a')?.node).toBe('n1');
  });

  it('frees nothing of another node by a tombstone', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    renewAt(voter, n1, 0);
    setEntry(n2.table, 'web', null);
    renewAt(voter, n2, 10);
    expect(voter.promises.get('web')?.node).toBe('n1');
  });

  it('names no more denials than fit, and says that its ack is incomplete', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    for (let i = 0; i <= limits.denialsPerAckMax; i++) {
      listClaim(n1, `g${i}`, { epoch: 7 });
      listClaim(n2, `g${i}`, { epoch: 8 });
    }
    renewAt(voter, n1, 0);
    const ack = renewAt(voter, n2, 10);
    expect(ack.denials).toHaveLength(limits.denialsPerAckMax);
    expect(ack.complete).toBe(false);
  });
});

describe('who is heard', () => {
  it('a heartbeat without the token of this start is refused and changes nothing', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    const [answer] = put(voter, nextHeartbeat(n1, { token: 'of an earlier start' }), 0);
    expect(answer?.message).toMatchObject({ kind: 'refusal', reason: 'token', token: TOKEN, seq: 1 });
    expect([voter.promises.size, voter.sessions.size]).toEqual([0, 0]);
  });

  it('a node that counts other voters is refused', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    const configuration = configurationOf(['v1', 'v2', 'v4']);
    expect(said(put(voter, nextHeartbeat(n1, { configuration }), 0))).toEqual(['n1: refusal configuration, wait 0']);
  });

  it('R6 a new incarnation waits until the promises of the one before have run out', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web', { epoch: 7 });
    renewAt(voter, n1, 0);
    const again = candidate('n1', 'n1-2');
    listClaim(again, 'web', { epoch: 8 });
    expect(said(put(voter, nextHeartbeat(again), 835))).toEqual(['n1: refusal superseded, wait 1000']);
    expect(said(put(voter, nextHeartbeat(again), 1835))).toEqual(['n1: ack full 1']);
  });

  it('R6 an incarnation that is over is never heard again', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    renewAt(voter, n1, 0);
    renewAt(voter, candidate('n1', 'n1-2'), 10);
    expect(said(put(voter, nextHeartbeat(n1), 9000))).toEqual(['n1: refusal superseded, wait 0']);
  });

  it('R6 what an earlier life said comes late and does not end the one that is heard, but one whose clock was set back is heard after a lease', () => {
    const [voter, n1] = [newVoter(), candidate('n1', 'n1-2')];
    const earlier = candidate('n1', 'n1-1');
    renewAt(voter, n1, 0);
    expect(said(put(voter, nextHeartbeat(earlier), 10))).toEqual(['n1: refusal superseded, wait 990']);
    expect(said(put(voter, nextHeartbeat(n1), 200))).toEqual(['n1: ack full 0']);
    expect(said(put(voter, nextHeartbeat(earlier), 1199))).toEqual(['n1: refusal superseded, wait 1']);
    expect(said(put(voter, nextHeartbeat(earlier), 1200))).toEqual(['n1: ack full 0']);
    expect(said(put(voter, nextHeartbeat(n1), 1300))).toEqual(['n1: refusal superseded, wait 0']);
  });
});

it('R7 by how long an ack may count is to be kept when that changes, and anew when the last one counts no more', () => {
  const [voter, n1] = [newVoter(), candidate('n1')];
  const isKeptAfter = (nowMs: number): boolean => {
    voter.isUnsaved = false;
    renewAt(voter, n1, nowMs);
    return voter.isUnsaved;
  };
  // An ack counts for P(1000).
  expect([0, 200, 1400, 2700].map(isKeptAfter)).toEqual([true, false, false, true]);
});
