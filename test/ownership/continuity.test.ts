import { describe, expect, it } from 'vitest';
import type { Continuity } from '../../src/model/message.js';
import { receiveAck } from '../../src/ownership/answers.js';
import type { HolderState } from '../../src/ownership/holder.js';
import { expire } from '../../src/ownership/expiry.js';
import { restoreVoter, saveVoter } from '../../src/ownership/memory.js';
import type { VoterState } from '../../src/ownership/voter-state.js';
import { ackOf, answer, beatAt, claimAt, heldOf, newHolder, ownAt } from './acks.js';
import type { Candidate } from './heartbeats.js';
import { candidate, change, listClaim, newVoter, nextHeartbeat, put } from './heartbeats.js';

const gap = (from: string, breaks: number, memory = from) => ({ continuity: { memory, breaks } });

function acked(holder: HolderState, nowMs: number, voter: string, overrides = {}): void {
  const heartbeat = beatAt(holder, nowMs).get(voter);
  if (heartbeat === undefined) throw new Error(`no heartbeat to ${voter}`);
  receiveAck(holder, ackOf(heartbeat, voter, { clockMs: nowMs, ...overrides }), nowMs);
}

describe('R11 a voter that granted anew what is owned', () => {
  it('does not keep the lease alive, by whatever clock', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    acked(holder, 100, 'v1');
    acked(holder, 100, 'v3', gap('v3', 1));
    expect(heldOf(holder, 'web').validUntilMs).toBe(1000);
    for (const nowMs of [200, 400, 600, 800]) {
      acked(holder, nowMs, 'v2', gap('v2', 1));
      acked(holder, nowMs, 'v3', gap('v3', 1));
    }
    expect(heldOf(holder, 'web').validUntilMs).toBe(1000);
    expire(holder, 1000);
    expect(heldOf(holder, 'web').state).toBe('lapsed');
  });

  it('counts again once a majority of the others answered a later heartbeat', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    acked(holder, 100, 'v3', gap('v3', 1));
    const beats = beatAt(holder, 300);
    answer(holder, beats, { from: ['v1'], nowMs: 310 });
    expect(heldOf(holder, 'web').doubted.has('v3')).toBe(true);
    answer(holder, beats, { from: ['v2'], nowMs: 310 });
    expect(heldOf(holder, 'web').doubted.has('v3')).toBe(false);
    const later = beatAt(holder, 500);
    receiveAck(holder, ackOf(later.get('v1') ?? fail(), 'v1', { clockMs: 510 }), 510);
    receiveAck(holder, ackOf(later.get('v3') ?? fail(), 'v3', { clockMs: 510, ...gap('v3', 1) }), 510);
    expect(heldOf(holder, 'web').validUntilMs).toBe(1500);
  });

  it('is not vouched for by answers to heartbeats that were on their way before', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const before = beatAt(holder, 100);
    receiveAck(holder, ackOf(before.get('v3') ?? fail(), 'v3', { clockMs: 110, ...gap('v3', 1) }), 110);
    answer(holder, before, { from: ['v1', 'v2'], nowMs: 120 });
    expect(heldOf(holder, 'web').doubted.has('v3')).toBe(true);
  });

  it('that lost its memory is told apart from one that only began anew', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    acked(holder, 100, 'v3', gap('v3', 0, 'a new memory without a gap'));
    expect(heldOf(holder, 'web').doubted.size).toBe(0);
    acked(holder, 200, 'v3', gap('v3', 1, 'a new memory without a gap'));
    expect([...heldOf(holder, 'web').doubted.keys()]).toEqual(['v3']);
  });

  it('may grant what is only claimed', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    claimAt(holder, 'db', 100);
    const claims = beatAt(holder, 100);
    receiveAck(holder, ackOf(claims.get('v3') ?? fail(), 'v3', { clockMs: 110, ...gap('v3', 1) }), 110);
    answer(holder, claims, { from: ['v1'], nowMs: 110 });
    expect(heldOf(holder, 'db')).toMatchObject({ state: 'own', validUntilMs: 1100 });
    expect(heldOf(holder, 'web').validUntilMs).toBe(1000);
  });
});

describe('R11 a voter', () => {
  function continuityAt(voter: VoterState, node: Candidate, nowMs: number): Continuity {
    const [said] = put(voter, nextHeartbeat(node, { token: voter.token }), nowMs);
    if (said?.message.kind !== 'ack') throw new Error('no ack');
    return said.message.continuity;
  }

  it('counts what it had to grant anew, and a claim is nothing of that kind', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    expect(continuityAt(voter, n1, 0)).toEqual({ memory: voter.token, breaks: 0 });
    change(n1, 'web', { state: 'own' });
    expect(continuityAt(voter, n1, 100).breaks).toBe(0);
    // P(1000) + P(500) is 1835.
    expect(continuityAt(voter, n1, 1934).breaks).toBe(0);
    expect(continuityAt(voter, n1, 1934 + 1836).breaks).toBe(1);
    expect(continuityAt(voter, n1, 4000).breaks).toBe(1);
  });

  it('counts a lease that it hears of for the first time', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    change(n1, 'web', { state: 'own' });
    expect(continuityAt(voter, n1, 0).breaks).toBe(1);
  });

  it('keeps the name of its memory and the count over a restart', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    change(n1, 'web', { state: 'own' });
    const before = continuityAt(voter, n1, 0);
    const again = newVoter({ token: 'another' });
    restoreVoter(again, JSON.parse(saveVoter(voter)), 100);
    expect(continuityAt(again, n1, 100)).toEqual(before);
    expect(continuityAt(newVoter({ token: 'another' }), n1, 100)).toEqual({ memory: 'another', breaks: 1 });
  });
});

function fail(): never {
  throw new Error('no heartbeat');
}
