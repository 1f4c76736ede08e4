/** A list that a voter refuses, at holders and voters that are cut from each other. */
import { expect, it } from 'vitest';
import { amend, amendmentSubject } from '../../src/ownership/amendment.js';
import { receiveAck } from '../../src/ownership/answers.js';
import type { HolderState } from '../../src/ownership/holder.js';
import { claim, release, setNeedsFencing } from '../../src/ownership/holder.js';
import type { VoterState } from '../../src/ownership/voter-state.js';
import { receiveHeartbeat } from '../../src/ownership/voter.js';
import { answer, beatAt, claimAt, heldOf, newHolder, ownAt } from './acks.js';
import { newVoter } from './heartbeats.js';

/** Sends a node's heartbeats to these voters, and it hears their acks. */
function ask(holder: HolderState, voters: readonly VoterState[], nowMs: number): void {
  const beats = beatAt(holder, nowMs);
  for (const voter of voters) {
    const heartbeat = beats.get(voter.node);
    if (heartbeat === undefined) throw new Error(`no heartbeat went to ${voter.node}`);
    for (const { message } of receiveHeartbeat(
      voter,
      { ...heartbeat, token: voter.token },
      { nowMs, digest: () => [] },
    )) {
      if (message.kind === 'ack') receiveAck(holder, message, nowMs);
    }
  }
}

it('S1 a voter that has not all that is in force of a list does not renew it while a change is asked for either', () => {
  const [v1, v2, v3] = [newVoter({ node: 'v1' }), newVoter({ node: 'v2' }), newVoter({ node: 'v3' })];
  const [n1, n2] = [newHolder(), newHolder({ node: 'n2', incarnation: 'n2-1' })];
  claimAt(n1, 'web', 0);
  ask(n1, [v1, v2, v3], 0);
  const web = { key: 'web', resources: ['vip', 'web'] };
  amend(n1, { ...web, nowMs: 100, wallMs: 60 });
  ask(n1, [v1, v2], 100);
  expect(heldOf(n1, 'web')).toMatchObject({ resources: ['vip', 'web'], amendment: null });
  // v3 alone is asked for the address, by a node that hears nobody else; and n1 hears v2 no more.
  const asks = (nowMs: number): void => {
    release(n2, 'db', nowMs);
    claim(n2, { key: 'db', resources: ['vip'], stopBudgetMs: 500, nowMs, wallMs: 70 });
  };
  for (let nowMs = 200; nowMs < 2000; nowMs += 200) {
    asks(nowMs);
    ask(n2, [v3], nowMs);
    ask(n1, [v1, v3], nowMs + 10);
    if (heldOf(n1, 'web').state === 'own') amend(n1, { ...web, nowMs: nowMs + 20, wallMs: 60 });
  }
  asks(2000);
  ask(n2, [v2, v3], 2000);
  expect(heldOf(n2, 'db')).toMatchObject({ state: 'own', resources: ['vip'] });
  expect(heldOf(n1, 'web').validUntilMs).toBeLessThan(2000);
});

it('an addition is asked for once a majority has what is in force, so that who refuses it can be counted', () => {
  const holder = newHolder();
  const held = ownAt(holder, 'web', 0);
  const add = (nowMs: number): void => amend(holder, { key: 'web', resources: ['vip', 'web'], nowMs, wallMs: 60 });
  setNeedsFencing(holder, held, true, 100);
  add(100);
  expect(held.amendment).toBeNull();
  answer(holder, beatAt(holder, 100), { from: ['v1', 'v2'], nowMs: 110 });
  add(120);
  const beats = beatAt(holder, 200);
  const ack = { denials: [{ key: amendmentSubject('web'), by: 'n2', epochMax: 90 }] };
  answer(holder, beats, { from: ['v1'], nowMs: 210 });
  answer(holder, beats, { from: ['v2'], nowMs: 220, ack });
  expect([held.resources, held.validUntilMs]).toEqual([['web'], 1200]);
  expect(held.amendment).not.toBeNull();
});
