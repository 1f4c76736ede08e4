import { describe, expect, it } from 'vitest';
import { amend, amendmentSubject } from '../../src/ownership/amendment.js';
import { tableFingerprint } from '../../src/ownership/beat.js';
import { beginStop } from '../../src/ownership/holder.js';
import { restoreVoter, saveVoter } from '../../src/ownership/memory.js';
import { answer, beatAt, newHolder, ownAt } from './acks.js';
import { candidate, change, listClaim, newVoter, renewAt } from './heartbeats.js';

const refused = { denials: [{ key: amendmentSubject('web'), by: 'n2', epochMax: 90 }] };

describe('R3 a change of the stop budget of a lease, at its holder', () => {
  const longer = { stopBudgetMs: 3000, promisedBudgetMs: 3000 };
  const said = (beats: ReturnType<typeof beatAt>) => beats.get('v3')?.table.entries.at(-1)?.value;

  it('is in force when a majority took it, and the deadline is the old one until then', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web'], budgets: longer, nowMs: 100, wallMs: 60 });
    const beats = beatAt(holder, 100);
    expect(said(beats)).toMatchObject({ stopBudgetMs: 3000, resources: ['web'], epoch: 60 });
    answer(holder, beats, { from: ['v1'], nowMs: 110 });
    expect([held.stopBudgetMs, held.promisedBudgetMs, held.deadByMs]).toEqual([500, 500, 1500]);
    answer(holder, beats, { from: ['v2'], nowMs: 120 });
    expect([held.stopBudgetMs, held.promisedBudgetMs, held.deadByMs]).toEqual([3000, 3000, 4100]);
  });

  it('S1 from then on acks of voters that did not take it count for nothing', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web'], budgets: longer, nowMs: 100, wallMs: 60 });
    answer(holder, beatAt(holder, 100), { from: ['v1', 'v2'], nowMs: 110 });
    const beats = beatAt(holder, 300);
    answer(holder, beats, { from: ['v1'], nowMs: 310 });
    answer(holder, beats, { from: ['v3'], nowMs: 320, ack: { fullVersion: 2 } });
    expect(held.deadByMs).toBe(4100);
  });

  it('S1 comes before a longer list: what is added finds it in force, and what is refused of the list is no reason against it', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    const both = { key: 'web', resources: ['web', 'vip'], budgets: longer };
    amend(holder, { ...both, nowMs: 100, wallMs: 60 });
    expect(held.amendment?.resources).toEqual(['web']);
    answer(holder, beatAt(holder, 100), { from: ['v1', 'v2'], nowMs: 110 });
    amend(holder, { ...both, nowMs: 120, wallMs: 61 });
    answer(holder, beatAt(holder, 120), { from: ['v1', 'v2'], nowMs: 130, ack: refused });
    expect([held.resources, held.stopBudgetMs, held.amendment]).toEqual([['web'], 3000, null]);
  });

  it('S1 counts at once when it is shorter, since whoever takes it promises no more', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    const shorter = { stopBudgetMs: 200, promisedBudgetMs: 0 };
    amend(holder, { key: 'web', resources: ['web'], budgets: shorter, nowMs: 100, wallMs: 60 });
    expect([held.stopBudgetMs, held.promisedBudgetMs, held.deadByMs]).toEqual([200, 0, 1200]);
    beginStop(holder, 'web', 110);
    expect([held.amendment, said(beatAt(holder, 110))?.stopBudgetMs]).toEqual([null, 0]);
  });

  it('does not wait for a list: that may be refused', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['vip', 'web'], nowMs: 100, wallMs: 60 });
    answer(holder, beatAt(holder, 100), { from: ['v1'], nowMs: 110 });
    amend(holder, { key: 'web', resources: ['vip', 'web'], budgets: longer, nowMs: 120, wallMs: 61 });
    answer(holder, beatAt(holder, 120), { from: ['v1', 'v2'], nowMs: 130 });
    expect([held.stopBudgetMs, held.resources, held.amendment]).toEqual([3000, ['web'], null]);
  });

  it('is given up with the lease, and the old one is said again', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web'], budgets: longer, nowMs: 100, wallMs: 60 });
    beginStop(holder, 'web', 110);
    const beats = beatAt(holder, 110);
    expect(said(beats)?.stopBudgetMs).toBe(500);
    answer(holder, beats, { from: ['v1', 'v2'], nowMs: 120 });
    expect(held.deadByMs).toBe(1610);
  });

  it('is asked for while a planned stop is under way too where it is longer, with the list as it is', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    beginStop(holder, 'web', 100);
    const shorter = { stopBudgetMs: 200, promisedBudgetMs: 200 };
    amend(holder, { key: 'web', resources: [], budgets: shorter, nowMs: 110, wallMs: 60 });
    expect([held.amendment, held.stopBudgetMs]).toEqual([null, 500]);
    amend(holder, { key: 'web', resources: [], budgets: longer, nowMs: 110, wallMs: 60 });
    const beats = beatAt(holder, 110);
    expect(said(beats)).toMatchObject({ state: 'stop', resources: ['web'], stopBudgetMs: 3000 });
    answer(holder, beats, { from: ['v1', 'v2'], nowMs: 120 });
    expect([held.state, held.stopBudgetMs, held.deadByMs]).toEqual(['stop', 3000, 4110]);
  });

  it('has another fingerprint, though that leaves the budget out: each comes under an epoch of its own', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const before = tableFingerprint(holder.table);
    amend(holder, { key: 'web', resources: ['web'], budgets: longer, nowMs: 100, wallMs: 60 });
    expect(tableFingerprint(holder.table)).not.toBe(before);
  });

  it('is not asked for again when it is in force', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const { version } = holder.table;
    const budgets = { stopBudgetMs: 500, promisedBudgetMs: 500 };
    amend(holder, { key: 'web', resources: ['web'], budgets, nowMs: 100, wallMs: 60 });
    expect(holder.table.version).toBe(version);
  });
});

describe('R3 a change of the stop budget of a lease, at a voter', () => {
  const budgetOf = (voter: ReturnType<typeof newVoter>) => voter.promises.get('web')?.stopBudgetMs;

  it('counts from the renewal that says it, also after a restart of the voter', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web');
    renewAt(voter, n1, 0);
    voter.isUnsaved = false;
    change(n1, 'web', { state: 'own', epoch: 2, stopBudgetMs: 3000 });
    expect(renewAt(voter, n1, 100).denials).toEqual([]);
    // P(1000) + P(3000).
    expect([budgetOf(voter), voter.promises.get('web')?.untilMs, voter.isUnsaved]).toEqual([3000, 4990, true]);
    const restored = newVoter();
    restoreVoter(restored, JSON.parse(saveVoter(voter)), 200);
    expect(restored.promises.get('web')?.untilMs).toBe(5090);
  });

  it('S1 does not shorten what was promised before', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web', { stopBudgetMs: 3000 });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'own', epoch: 2, stopBudgetMs: 500 });
    renewAt(voter, n1, 100);
    expect([budgetOf(voter), voter.promises.get('web')?.untilMs]).toEqual([3000, 4890]);
    renewAt(voter, n1, 3100);
    expect([budgetOf(voter), voter.promises.get('web')?.untilMs]).toEqual([500, 4935]);
  });
});
