import { describe, expect, it } from 'vitest';
import { takeoverMs } from '../../src/model/lease.js';
import type { Heartbeat } from '../../src/model/message.js';
import { receiveAck } from '../../src/ownership/answers.js';
import { amend } from '../../src/ownership/amendment.js';
import { beat } from '../../src/ownership/beat.js';
import type { HolderState } from '../../src/ownership/holder.js';
import { expire } from '../../src/ownership/expiry.js';
import { beginStop, release } from '../../src/ownership/holder.js';
import { fenceKey } from '../../src/model/lease.js';
import { restoreHolder, restoreVoter, saveHolder, saveVoter } from '../../src/ownership/memory.js';
import { quarantineUntilMs, voterPast } from '../../src/ownership/quarantine.js';
import type { VoterState } from '../../src/ownership/voter-state.js';
import { ackOf, answer, beatAt, claimAt, heldOf, newHolder, ownAt } from './acks.js';
import { candidate, change, drop, listClaim, newVoter, nextHeartbeat, put, renewAt, said } from './heartbeats.js';

/** The voter of a daemon that starts again in the same boot. */
function voterAgain(voter: VoterState, nowMs: number, token = 'token-again'): VoterState {
  const again = newVoter({ token });
  restoreVoter(again, JSON.parse(saveVoter(voter)), nowMs);
  return again;
}

/** The holder of a daemon that starts again in the same boot. */
function holderAgain(holder: HolderState, nowMs: number): HolderState {
  const again = newHolder({ nowMs, incarnation: holder.incarnation });
  restoreHolder(again, JSON.parse(saveHolder(holder)), nowMs);
  return again;
}

describe('R7 a voter with its memory', () => {
  it('keeps its promises at least as long as it promised', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    renewAt(voter, n1, 0);
    const again = voterAgain(voter, 300);
    expect(again.promises.get('web')?.untilMs).toBe(300 + 1835);
    listClaim(n2, 'web', { epoch: 9 });
    expect(renewAt(again, n2, 2134, { token: 'token-again' }).denials).toHaveLength(1);
  });

  it('waits for the longest lease that it promised for, when leases became shorter since', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web', { stopBudgetMs: 0 });
    renewAt(voter, n1, 0, { leaseMs: 9000 });
    renewAt(voter, n1, 100, { leaseMs: 1000 });
    expect(voterAgain(voter, 200).promises.get('web')?.untilMs).toBe(200 + 11_000);
  });

  it('keeps epochs of what was released', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    renewAt(voter, n1, 0);
    drop(n1, 'web');
    renewAt(voter, n1, 10);
    listClaim(n2, 'web', { epoch: 7 });
    expect(renewAt(voterAgain(voter, 20), n2, 30, { token: 'token-again' }).denials).toEqual([
      { key: 'web', epochMax: 7, by: '' },
    ]);
  });

  it('R5 hears no heartbeat from before its start, though it keeps no numbers', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    const old = nextHeartbeat(n1);
    drop(n1, 'web');
    renewAt(voter, n1, 0);
    expect(said(put(voterAgain(voter, 10), old, 20))).toEqual(['n1: refusal token, wait 0']);
  });

  it('acks at once, up to where it had everything', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    renewAt(voter, n1, 0);
    const { version } = n1.table;
    const table = { from: version, to: version, entries: [] };
    expect(renewAt(voterAgain(voter, 10), n1, 20, { token: 'token-again', table }).fullVersion).toBe(1);
  });

  it('R6 still refuses incarnations that were over', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    renewAt(voter, n1, 0);
    renewAt(voter, candidate('n1', 'n1-2'), 10);
    const again = voterAgain(voter, 20);
    expect(said(put(again, nextHeartbeat(n1, { token: 'token-again' }), 30))).toEqual([
      'n1: refusal superseded, wait 0',
    ]);
  });

  it('says that it must be kept whenever what it promised changes, and not at a mere renewal', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    const isNews = (act: () => void) => {
      voter.isUnsaved = false;
      act();
      return voter.isUnsaved;
    };
    expect(isNews(() => renewAt(voter, n1, 0))).toBe(true);
    listClaim(n1, 'web');
    expect(isNews(() => renewAt(voter, n1, 10))).toBe(true);
    expect(isNews(() => renewAt(voter, n1, 20))).toBe(false);
    expect(isNews(() => renewAt(voter, n1, 30, { leaseMs: 2000 }))).toBe(true);
    change(n1, 'web', { state: 'own' });
    expect(isNews(() => renewAt(voter, n1, 40))).toBe(true);
    drop(n1, 'web');
    expect(isNews(() => renewAt(voter, n1, 50))).toBe(true);
  });
});

describe('R6 a holder with its memory', () => {
  it('goes on with its incarnation and uses no number twice', () => {
    const holder = newHolder();
    const used: number[] = [];
    let kept = saveHolder(holder);
    for (let i = 0; i < 2500; i++) {
      const beats = beat(holder, { nowMs: i * 200, digest: () => [] });
      if (holder.isUnsaved) kept = saveHolder(holder);
      holder.isUnsaved = false;
      used.push(...beats.map(({ heartbeat }) => heartbeat.seq));
      if (i % 700 !== 699) continue;
      const again = newHolder({ nowMs: i * 200 });
      restoreHolder(again, JSON.parse(kept), i * 200);
      const seq = beatAt(again, i * 200).get('v1')?.seq ?? 0;
      expect(seq).toBeGreaterThan(Math.max(...used));
    }
  });

  it('goes on with the validity that its leases had, and no longer', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const again = holderAgain(holder, 700);
    expect(expire(again, 999)).toEqual([]);
    expect(expire(again, 1000)).toMatchObject([{ kind: 'lapsed', key: 'web' }]);
    expect(heldOf(again, 'web').deadByMs).toBe(1500);
  });

  it('goes on for no longer than a lease, should the clock of the earlier daemon have been ahead', () => {
    const holder = newHolder({ nowMs: 3_600_000 });
    ownAt(holder, 'web', 3_600_000);
    const again = holderAgain(holder, 5000);
    expect(expire(again, 6000)).toMatchObject([{ kind: 'lapsed', key: 'web' }]);
    expect(heldOf(again, 'web').deadByMs).toBe(6500);
  });

  it.each([
    { key: 'web', isUnsaved: false, isRenewed: true },
    { key: fenceKey('n2'), isUnsaved: true, isRenewed: false },
  ])('says that $key got longer', ({ key, isUnsaved, isRenewed }) => {
    const holder = newHolder();
    ownAt(holder, key, 0);
    const beats = beatAt(holder, 200);
    Object.assign(holder, { isUnsaved: false, isRenewed: false });
    answer(holder, beats, { from: ['v1', 'v2'], nowMs: 210 });
    expect(holder).toMatchObject({ isUnsaved, isRenewed });
  });

  it('R8 what had lapsed stays lapsed', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    expire(holder, 1000);
    const again = holderAgain(holder, 1100);
    answer(again, beatAt(again, 1100), { from: ['v1', 'v2', 'v3'], nowMs: 1110 });
    expect(heldOf(again, 'web').state).toBe('lapsed');
  });

  it('R4 counts no ack of a heartbeat from before its start', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const beats = beatAt(holder, 900);
    const again = holderAgain(holder, 950);
    answer(again, beats, { from: ['v1', 'v2', 'v3'], nowMs: 960 });
    expect(heldOf(again, 'web').validUntilMs).toBe(1000);
  });

  it('gives a claim up that was under way, and says so', () => {
    const holder = newHolder();
    claimAt(holder, 'web', 0);
    const again = holderAgain(holder, 100);
    expect(again.held.size).toBe(0);
    expect(beatAt(again, 100).get('v1')?.table.entries).toMatchObject([{ key: 'web', version: 2, value: null }]);
  });

  it('R11 claims with an epoch above those of its earlier life', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    release(holder, 'web', 10);
    const again = holderAgain(holder, 20);
    claimAt(again, 'web', 30);
    expect(heldOf(again, 'web').epoch).toBe(51);
  });

  it('needs no new recording by voters that kept their memory', () => {
    const [voter, holder] = [newVoter(), newHolder()];
    claimAt(holder, 'web', 0);
    const claims = beatAt(holder, 0);
    put(voter, withToken(claims.get('v1'), voter), 0);
    answer(holder, claims, { from: ['v2', 'v3'], nowMs: 5 });
    put(voter, withToken(beatAt(holder, 10).get('v1'), voter), 10);
    const again = holderAgain(holder, 100);
    const fresh = withToken(beatAt(again, 100).get('v1'), voter);
    const [ack] = put(voter, fresh, 110);
    if (ack?.message.kind !== 'ack') throw new Error('no ack');
    receiveAck(again, ack.message, 120);
    expect(heldOf(again, 'web').ackUntilMs.get('v1')).toBe(1100);
    expect(ack.message.fullVersion).toBe(holder.table.version);
  });

  it('says a list anew that it had asked to change', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 10, wallMs: 60 });
    const again = holderAgain(holder, 20);
    expect(again.table.version).toBeGreaterThan(holder.table.version);
    expect(beatAt(again, 20).get('v1')?.table.entries.at(-1)?.value?.resources).toEqual(['web']);
  });

  it('brings a voter without memory up to date, however many leases there are and whichever pieces are lost', () => {
    const holder = newHolder();
    for (let i = 0; i < 200; i++) {
      ownAt(holder, `group-with-a-long-name-${i}`, 0);
    }
    beginStop(holder, 'group-with-a-long-name-7', 1);
    const again = holderAgain(holder, 10);
    const voter = newVoter();
    let acked = 0;
    for (let round = 0; round < 100 && acked < again.table.version; round++) {
      const all = beat(again, { nowMs: 10 + round, digest: () => [] });
      const beats = all.filter(({ to }) => to === 'v1');
      for (const [i, { heartbeat }] of beats.entries()) {
        if ((round + i) % 3 === 2) continue;
        for (const { message } of put(voter, withToken(heartbeat, voter), 10 + round)) {
          if (message.kind !== 'ack') continue;
          receiveAck(again, message, 10 + round);
          acked = message.fullVersion;
          for (const held of again.held.values()) {
            const counts = held.ackUntilMs.has('v1');
            if (counts) expect(voter.promises.has(held.key), `${held.key} in round ${round}`).toBe(true);
          }
        }
      }
      vouch(again, all, 10 + round);
    }
    for (const nowMs of [120, 130]) {
      const all = beat(again, { nowMs, digest: () => [] });
      vouch(again, all, nowMs);
      for (const { heartbeat } of all.filter(({ to }) => to === 'v1')) {
        for (const { message } of put(voter, withToken(heartbeat, voter), nowMs)) {
          if (message.kind === 'ack') receiveAck(again, message, nowMs);
        }
      }
    }
    expect(voter.promises.size).toBe(200);
    expect([...again.held.values()].every((held) => held.ackUntilMs.has('v1'))).toBe(true);
  });
});

function withToken(heartbeat: Heartbeat | undefined, voter: VoterState): Heartbeat {
  if (heartbeat === undefined) throw new Error('no heartbeat');
  return { ...heartbeat, token: voter.token };
}

describe('R7 the quarantine', () => {
  const spans = { startedAtMs: 40_000, leaseMsMax: 1000, stopBudgetMsMax: 500, drift: 0.09 };

  it('is none for a voter that remembers', () => {
    const past = { kind: 'remembered', silentUntilMs: null } as const;
    expect(quarantineUntilMs({ ...spans, past })).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is waited out by a daemon that is restarted in it', () => {
    const silent = newVoter({ quarantineUntilMs: 41_797.5 });
    const past = voterPast({ memory: JSON.parse(saveVoter(silent)), votedIn: 'boot', boot: 'boot', bootBeganAtMs: 0 });
    expect(quarantineUntilMs({ ...spans, startedAtMs: 41_000, past })).toBe(41_797.5);
  });

  it('is none for a daemon that is restarted by a voter that never was silent', () => {
    const past = voterPast({
      memory: JSON.parse(saveVoter(newVoter())),
      votedIn: 'boot',
      boot: 'boot',
      bootBeganAtMs: 0,
    });
    expect(quarantineUntilMs({ ...spans, past })).toBe(Number.NEGATIVE_INFINITY);
  });

  it('lasts P(L) + P(G) from the start when the memory was lost: 1.8 s for a lease of 1 s and a budget of 500 ms', () => {
    expect(quarantineUntilMs({ ...spans, past: { kind: 'lost' } })).toBe(40_000 + 1198 + 599);
  });

  it('is counted from the boot when the last vote was in an earlier one', () => {
    const past = voterPast({ memory: null, votedIn: 'earlier', boot: 'boot', bootBeganAtMs: 39_000 });
    expect(quarantineUntilMs({ ...spans, past })).toBe(39_000 + 1797);
  });

  it('is counted from the start when nothing tells when this boot began', () => {
    const past = voterPast({ memory: null, votedIn: 'earlier', boot: 'boot', bootBeganAtMs: null });
    expect(quarantineUntilMs({ ...spans, past })).toBe(40_000 + 1797);
  });

  it('is as long as a silent voter is waited for where the loss of quorum is ignored', () => {
    expect(takeoverMs({ leaseMs: 1000, stopBudgetMs: 500, drift: 0.09 })).toBe(1797);
  });
});

/** The other two voters answer: they kept their promises all the while. */
function vouch(
  holder: HolderState,
  beats: readonly { readonly to: string; readonly heartbeat: Heartbeat }[],
  nowMs: number,
): void {
  for (const { to, heartbeat } of beats) if (to !== 'v1') receiveAck(holder, ackOf(heartbeat, to), nowMs);
}
