import { describe, expect, it } from 'vitest';
import { expire } from '../../src/ownership/expiry.js';
import { claim, isQuorate, mayClaim, setNeedsFencing } from '../../src/ownership/holder.js';
import { restoreVoter, saveVoter } from '../../src/ownership/memory.js';
import { certify, expirePromises, nextFreeAtMs } from '../../src/ownership/promise-end.js';
import { configurationOf } from '../../src/ownership/quorum.js';
import { allVoterRules } from '../../src/ownership/voter-rules.js';
import { answer, beatAt, claimAt, heldOf, newHolder, refusalOf } from './acks.js';
import { receiveRefusal } from '../../src/ownership/answers.js';
import { candidate, change, drop, listClaim, newVoter, nextHeartbeat, put, renewAt, said } from './heartbeats.js';

const LONG_MS = 1_000_000;

/** A voter that promised a group to n1 for good, and n2 that wants it. */
function promisedToFirst(options: Parameters<typeof newVoter>[0] = {}) {
  const [voter, n1, n2] = [newVoter(options), candidate('n1'), candidate('n2')];
  listClaim(n1, 'db', { epoch: 7, needsFencing: true });
  listClaim(n2, 'db', { epoch: 9, needsFencing: true });
  renewAt(voter, n1, 0);
  change(n1, 'db', { state: 'own' });
  renewAt(voter, n1, 10);
  return { voter, n1, n2 };
}

describe('a promise that needs fencing', () => {
  it('R14 ends by no time, and the denial names whose death would end it', () => {
    const { voter, n2 } = promisedToFirst();
    expect(renewAt(voter, n2, LONG_MS).denials).toEqual([{ key: 'db', epochMax: 7, by: 'n1', incarnation: 'n1-1' }]);
    expect(expirePromises(voter, LONG_MS)).toEqual([]);
    expect(nextFreeAtMs(voter)).toBe(Number.POSITIVE_INFINITY);
  });

  it('R14 runs out by time where that rule is off', () => {
    const { voter, n2 } = promisedToFirst({ rules: { ...allVoterRules, untilFenced: false } });
    expect(renewAt(voter, n2, LONG_MS).denials).toEqual([]);
  });

  it('R14 is still there after the holder said nothing for long, without a gap', () => {
    const { voter, n1 } = promisedToFirst();
    expect(renewAt(voter, n1, LONG_MS).continuity.breaks).toBe(0);
  });

  it('R14 ends with its release', () => {
    const { voter, n1, n2 } = promisedToFirst();
    drop(n1, 'db');
    renewAt(voter, n1, 20);
    expect(renewAt(voter, n2, 30).denials).toEqual([]);
  });

  it('R14 ends at once with the certificate of that incarnation, and who waits is told', () => {
    const { voter, n2 } = promisedToFirst();
    renewAt(voter, n2, 20);
    expect(said(certify(voter, { node: 'n1', incarnation: 'n1-1' }))).toEqual(['n2: free db']);
    expect(renewAt(voter, n2, 30).denials).toEqual([]);
  });

  it('R14 stands when another incarnation of that node is certified to be dead', () => {
    const { voter, n2 } = promisedToFirst();
    expect(certify(voter, { node: 'n1', incarnation: 'n1-0' })).toEqual([]);
    expect(renewAt(voter, n2, LONG_MS).denials).toHaveLength(1);
  });

  it('R14 outlives a restart of the voter', () => {
    const { voter, n2 } = promisedToFirst();
    const restored = newVoter();
    restoreVoter(restored, JSON.parse(saveVoter(voter)), 0);
    expect(renewAt(restored, n2, LONG_MS).denials).toHaveLength(1);
  });

  it('R14 ends when the whole table of its holder does not have it: the release may have been lost with a killed holder', () => {
    const { voter, n1, n2 } = promisedToFirst();
    n1.table.entries.delete('db');
    renewAt(voter, n1, 20);
    expect(renewAt(voter, n2, 30).denials).toHaveLength(1);
    renewAt(voter, n1, 40);
    expect(renewAt(voter, n2, 50).denials).toEqual([]);
  });

  it('R14 keeps a newer incarnation of its holder out, until the older one is certified to be dead', () => {
    const { voter } = promisedToFirst();
    const again = candidate('n1', 'n1-2');
    expect(said(put(voter, nextHeartbeat(again), LONG_MS))).toEqual(['n1: refusal superseded, wait 1000']);
    certify(voter, { node: 'n1', incarnation: 'n1-1' });
    expect(said(put(voter, nextHeartbeat(again), LONG_MS))).toEqual(['n1: ack full 0']);
  });

  it('ends by time again when its holder, which lives, says that it needs no fencing any more', () => {
    const { voter, n1, n2 } = promisedToFirst();
    change(n1, 'db', { needsFencing: undefined as never });
    renewAt(voter, n1, 20);
    expect(renewAt(voter, n2, LONG_MS).denials).toEqual([]);
  });
});

describe('an incarnation that is certified to be dead', () => {
  it('R14 is refused from then on, with whatever it says', () => {
    const { voter, n1 } = promisedToFirst();
    certify(voter, { node: 'n1', incarnation: 'n1-1' });
    expect(said(put(voter, nextHeartbeat(n1), 40))).toEqual(['n1: refusal superseded, wait 0']);
  });

  it('R14 loses promises that time would end, too', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 7 });
    listClaim(n2, 'web', { epoch: 9 });
    renewAt(voter, n1, 0);
    certify(voter, { node: 'n1', incarnation: 'n1-1' });
    expect(renewAt(voter, n2, 1).denials).toEqual([]);
  });
});

describe('one of two voters that can fence the other', () => {
  const voters = ['n1', 'n2'];
  const newOne = () => newHolder({ voters });
  const ack = { configuration: configurationOf(voters) };

  function owner(needsFencing = false) {
    const holder = newOne();
    claim(holder, { key: 'db', resources: ['db'], stopBudgetMs: 500, needsFencing, nowMs: 0, wallMs: 50 });
    answer(holder, beatAt(holder, 0), { from: voters, nowMs: 0, ack });
    holder.rival = 'n2';
    return holder;
  }

  /** Beats and answers by its own voter only. */
  function runAlone(holder: ReturnType<typeof newOne>, fromMs: number, untilMs: number) {
    for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 200)
      answer(holder, beatAt(holder, nowMs), { from: ['n1'], nowMs, ack });
  }

  it('R14 keeps what it owns while the other says nothing', () => {
    const holder = owner();
    runAlone(holder, 200, 5000);
    expect(heldOf(holder, 'db').state).toBe('own');
    expect(isQuorate(holder, 5000)).toBe(false);
  });

  it('R14 keeps what it owns while the other waits for its lost memory', () => {
    const holder = owner();
    runAlone(holder, 200, 3000);
    const beats = beatAt(holder, 3200);
    const heartbeat = beats.get('n2');
    if (heartbeat === undefined) throw new Error('no heartbeat to n2');
    receiveRefusal(holder, refusalOf(heartbeat, 'n2', { reason: 'quarantine' }), 3201);
    runAlone(holder, 3400, 6000);
    expect(heldOf(holder, 'db').state).toBe('own');
  });

  it('R14 loses what it owns when the other takes it for dead', () => {
    const holder = owner();
    const heartbeat = beatAt(holder, 200).get('n2');
    if (heartbeat === undefined) throw new Error('no heartbeat to n2');
    receiveRefusal(holder, refusalOf(heartbeat, 'n2', { reason: 'superseded' }), 201);
    runAlone(holder, 400, 2000);
    expect(heldOf(holder, 'db').state).toBe('lapsed');
  });

  it('loses what it owns when it cannot fence the other', () => {
    const holder = owner();
    holder.rival = null;
    runAlone(holder, 200, 1000);
    expect(heldOf(holder, 'db').state).toBe('lapsed');
  });

  it('loses what it owns when it stood still itself', () => {
    const holder = owner();
    expire(holder, 5000);
    expect(heldOf(holder, 'db').state).toBe('lapsed');
  });

  it('R14 claims nothing while the other is only silent, and counts it as granting once it is dead', () => {
    const holder = owner();
    runAlone(holder, 200, 3000);
    expect(mayClaim(holder, 'web', 3000)).toBe(false);
    holder.isRivalDead = true;
    expect(mayClaim(holder, 'web', 3000)).toBe(true);
    claimAt(holder, 'web', 3000);
    runAlone(holder, 3000, 3000);
    expect(heldOf(holder, 'web').state).toBe('own');
  });
});

describe('with `quorum.onLoss: ignore`', () => {
  it('R14 silence grants nothing that needs fencing', () => {
    const holder = newHolder({ ignoreSilenceMs: 2000 });
    claim(holder, { key: 'db', resources: ['db'], stopBudgetMs: 500, needsFencing: true, nowMs: 5000, wallMs: 50 });
    claimAt(holder, 'web', 5000);
    answer(holder, beatAt(holder, 5000), { from: ['v1'], nowMs: 5000 });
    expect(heldOf(holder, 'web').state).toBe('own');
    expect(heldOf(holder, 'db').state).toBe('claim');
  });
});

describe('a lease whose group is made stricter', () => {
  it('R14 tells the voters, and counts only those that know it', () => {
    const holder = newHolder();
    claimAt(holder, 'db', 0);
    answer(holder, beatAt(holder, 0), { from: ['v1', 'v2'], nowMs: 0 });
    const held = heldOf(holder, 'db');
    setNeedsFencing(holder, held, true, 100);
    const beats = beatAt(holder, 100);
    expect(beats.get('v1')?.table.entries[0]?.value).toMatchObject({ needsFencing: true });
    answer(holder, beats, { from: ['v1', 'v2'], nowMs: 100, ack: { fullVersion: held.claimVersion } });
    expect(held.validUntilMs).toBe(1000);
  });
});
