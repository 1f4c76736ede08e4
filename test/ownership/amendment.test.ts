import { describe, expect, it } from 'vitest';
import { amend, amendmentSubject } from '../../src/ownership/amendment.js';
import { beginStop, claim, isNewest, release, resumeOwning } from '../../src/ownership/holder.js';
import { answer, beatAt, heldOf, newHolder, ownAt } from './acks.js';
import { candidate, change, drop, listClaim, newVoter, renewAt } from './heartbeats.js';

const refused = { denials: [{ key: amendmentSubject('web'), by: 'n2', epochMax: 90 }] };

describe('R4 a change of the list of a lease, at its holder', () => {
  it('is in force when a majority took it, with a newer epoch and the validity of those acks', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    answer(holder, beatAt(holder, 200), { from: ['v1', 'v2', 'v3'], nowMs: 210 });
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 300, wallMs: 60 });
    const beats = beatAt(holder, 300);
    answer(holder, beats, { from: ['v1'], nowMs: 310 });
    expect([held.resources, held.epoch]).toEqual([['web'], 50]);
    answer(holder, beats, { from: ['v3'], nowMs: 320 });
    expect([held.resources, held.epoch, held.validUntilMs]).toEqual([['vip', 'web'], 60, 1300]);
  });

  it('from then on acks of voters that did not take it count for nothing', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 100, wallMs: 60 });
    answer(holder, beatAt(holder, 100), { from: ['v1', 'v2'], nowMs: 110 });
    const beats = beatAt(holder, 300);
    answer(holder, beats, { from: ['v1'], nowMs: 310 });
    answer(holder, beats, { from: ['v3'], nowMs: 320, ack: refused });
    expect(held.validUntilMs).toBe(1100);
  });

  it('nor do those that they gave before', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 200, wallMs: 60 });
    const beats = beatAt(holder, 200);
    answer(holder, beats, { from: ['v1'], nowMs: 210 });
    answer(holder, beatAt(holder, 400), { from: ['v2'], nowMs: 410, ack: refused });
    answer(holder, beats, { from: ['v3'], nowMs: 420 });
    answer(holder, beatAt(holder, 600), { from: ['v1'], nowMs: 610 });
    expect([held.resources, held.validUntilMs]).toEqual([['vip', 'web'], 1200]);
  });

  it('while it is asked for, the lease is renewed also by voters that refuse it', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 200, wallMs: 60 });
    const beats = beatAt(holder, 200);
    answer(holder, beats, { from: ['v1'], nowMs: 210 });
    answer(holder, beats, { from: ['v2'], nowMs: 220, ack: refused });
    expect([held.validUntilMs, held.resources]).toEqual([1200, ['web']]);
  });

  it('is given up when a majority refuses it: the old list is said again, and the next try waits a lease', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 200, wallMs: 60 });
    answer(holder, beatAt(holder, 200), { from: ['v1', 'v2'], nowMs: 210, ack: refused });
    expect(held.amendment).toBeNull();
    expect(beatAt(holder, 210).get('v3')?.table.entries.at(-1)?.value).toMatchObject({ resources: ['web'], epoch: 50 });
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 1209, wallMs: 60 });
    expect(held.amendment).toBeNull();
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 1210, wallMs: 60 });
    // R11: above the epoch that the refusal told.
    expect(held.amendment).toMatchObject({ epoch: 91 });
  });

  it('is given up when the lease is given up', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 100, wallMs: 60 });
    beginStop(holder, 'web', 110);
    answer(holder, beatAt(holder, 110), { from: ['v1', 'v2'], nowMs: 120 });
    expect(held.resources).toEqual(['web']);
    expect(held.validUntilMs).toBe(1110);
  });

  it('S1 gives up what it leaves out before any voter answers, and has it back only by a majority', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 100, wallMs: 60 });
    answer(holder, beatAt(holder, 100), { from: ['v1', 'v2'], nowMs: 110 });
    amend(holder, { key: 'web', resources: ['web'], nowMs: 200, wallMs: 61 });
    expect(held.resources).toEqual(['web']);
    const lost = beatAt(holder, 200);
    beginStop(holder, 'web', 210);
    resumeOwning(holder, 'web', 220);
    expect([held.amendment, held.resources]).toEqual([null, ['web']]);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 230, wallMs: 62 });
    answer(holder, lost, { from: ['v1', 'v2'], nowMs: 240 });
    answer(holder, beatAt(holder, 250), { from: ['v1', 'v2'], nowMs: 260 });
    expect(held.resources).toEqual(['web']);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 270, wallMs: 63 });
    answer(holder, beatAt(holder, 270), { from: ['v1', 'v2'], nowMs: 280 });
    expect(held.resources).toEqual(['vip', 'web']);
  });

  it('R11 is asked for again under a newer epoch, as it is, when a voter tells of one', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    const outdated = { denials: [{ key: 'web', by: '', epochMax: 99 }] };
    answer(holder, beatAt(holder, 200), { from: ['v3'], nowMs: 210, ack: outdated });
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 210, wallMs: 60 });
    expect(held.amendment).toMatchObject({ resources: ['web'], epoch: 100 });
    answer(holder, beatAt(holder, 220), { from: ['v1', 'v2'], nowMs: 230 });
    expect([held.resources, held.epoch]).toEqual([['web'], 100]);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 230, wallMs: 60 });
    expect(held.amendment).toMatchObject({ resources: ['vip', 'web'], epoch: 101 });
  });

  it('R11 is asked for again when another lease of this node had one of its resources meanwhile', () => {
    const holder = newHolder();
    claim(holder, { key: 'web', resources: ['vip', 'web'], stopBudgetMs: 500, nowMs: 0, wallMs: 50 });
    answer(holder, beatAt(holder, 0), { from: ['v1', 'v2'], nowMs: 0 });
    const web = heldOf(holder, 'web');
    claim(holder, { key: 'db', resources: ['vip'], stopBudgetMs: 500, nowMs: 10, wallMs: 70 });
    answer(holder, beatAt(holder, 10), { from: ['v1', 'v2'], nowMs: 20 });
    release(holder, 'db', 30);
    expect([isNewest(holder, ['vip'], web.epoch), isNewest(holder, ['web'], web.epoch)]).toEqual([false, true]);
    amend(holder, { key: 'web', resources: ['vip', 'web'], nowMs: 40, wallMs: 50 });
    answer(holder, beatAt(holder, 40), { from: ['v1', 'v2'], nowMs: 50 });
    expect([web.epoch, isNewest(holder, ['vip'], web.epoch)]).toEqual([71, true]);
  });

  it('R11 is given up, and asked for under a newer epoch, when another lease of this node had an addition meanwhile', () => {
    const holder = newHolder();
    const web = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 100, wallMs: 60 });
    const beats = beatAt(holder, 100);
    claim(holder, { key: 'db', resources: ['vip'], stopBudgetMs: 500, nowMs: 110, wallMs: 70 });
    answer(holder, beatAt(holder, 110), { from: ['v3'], nowMs: 120, ack: refused });
    answer(holder, beats, { from: ['v1'], nowMs: 130 });
    answer(holder, beatAt(holder, 140), { from: ['v1', 'v2'], nowMs: 150 });
    expect([heldOf(holder, 'db').state, web.epoch, web.resources]).toEqual(['own', 50, ['web']]);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 150, wallMs: 60 });
    answer(holder, beatAt(holder, 160), { from: ['v1', 'v2'], nowMs: 170 });
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 170, wallMs: 60 });
    expect(web.amendment?.epoch).toBeGreaterThan(heldOf(holder, 'db').epoch);
  });

  it('is refused also by a voter that does not renew the lease: two leases that exchange resources wait for each other otherwise', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 100, wallMs: 60 });
    const beats = beatAt(holder, 100);
    answer(holder, beats, { from: ['v1'], nowMs: 110, ack: refused });
    expect(held.amendment).not.toBeNull();
    answer(holder, beats, { from: ['v3'], nowMs: 120, ack: { denials: [{ key: 'web', by: 'n2', epochMax: 90 }] } });
    expect(held.amendment).toBeNull();
  });

  it('R11 is asked for again at once when a voter refuses it for its epoch alone: whether the others ever answer is not known', () => {
    const holder = newHolder();
    const held = ownAt(holder, 'web', 0);
    const wanted = { key: 'web', resources: ['web', 'vip'], wallMs: 60 };
    amend(holder, { ...wanted, nowMs: 100 });
    const outdated = { denials: [{ key: amendmentSubject('web'), by: '', epochMax: 90 }] };
    answer(holder, beatAt(holder, 100), { from: ['v1'], nowMs: 110, ack: outdated });
    amend(holder, { ...wanted, nowMs: 110 });
    expect(held.amendment).toMatchObject({ resources: ['web'], epoch: 91 });
  });

  it('is not asked for twice, nor for the list that is in force', () => {
    const holder = newHolder();
    ownAt(holder, 'web', 0);
    const { version } = holder.table;
    amend(holder, { key: 'web', resources: ['web'], nowMs: 100, wallMs: 60 });
    expect(holder.table.version).toBe(version);
    amend(holder, { key: 'web', resources: ['web', 'vip'], nowMs: 100, wallMs: 60 });
    amend(holder, { key: 'web', resources: ['web', 'vip', 'eip'], nowMs: 100, wallMs: 60 });
    expect(heldOf(holder, 'web').amendment?.resources).toEqual(['vip', 'web']);
    // But for one that adds what is wanted no more: that may be refused for long, and keep another node from it.
    amend(holder, { key: 'web', resources: ['web', 'eip'], nowMs: 110, wallMs: 60 });
    expect(heldOf(holder, 'web').amendment?.resources).toEqual(['web']);
  });
});

describe('R4 a change of the list of a lease, at a voter', () => {
  it('is taken as a whole, and from then on excludes others', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { resources: ['web'] });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'own', epoch: 5, resources: ['vip', 'web'] });
    expect(renewAt(voter, n1, 10).denials).toEqual([]);
    listClaim(n2, 'www', { epoch: 9, resources: ['vip'] });
    expect(renewAt(voter, n2, 20).denials).toMatchObject([{ key: 'www', by: 'n1', epochMax: 5 }]);
  });

  it('is refused while an added resource is promised to somebody else, and the lease is renewed', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { resources: ['web'] });
    listClaim(n2, 'db', { epoch: 3, resources: ['vip'] });
    renewAt(voter, n1, 0);
    renewAt(voter, n2, 0);
    change(n1, 'web', { state: 'own', epoch: 5, resources: ['vip', 'web'] });
    expect(renewAt(voter, n1, 100).denials).toEqual([{ key: 'web/resources', by: 'n2', epochMax: 3 }]);
    expect(voter.promises.get('web')).toMatchObject({ resources: ['web'], untilMs: 100 + 1835 });
  });

  it('R11 is refused when an added resource was used under a newer epoch', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { resources: ['web'] });
    listClaim(n2, 'db', { epoch: 5, resources: ['vip'] });
    renewAt(voter, n1, 0);
    renewAt(voter, n2, 0);
    n2.table.entries.clear();
    listClaim(n2, 'db', { epoch: 6, resources: [] });
    change(n1, 'web', { state: 'own', epoch: 5, resources: ['vip', 'web'] });
    expect(renewAt(voter, n1, 1900).denials).toEqual([{ key: 'web/resources', by: '', epochMax: 5 }]);
    change(n1, 'web', { epoch: 6 });
    expect(renewAt(voter, n1, 1950).denials).toEqual([]);
  });

  it('R11 is not taken with a lease that is granted anew, when one of its resources was used under a newer epoch', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n2, 'db', { epoch: 9, resources: ['vip'] });
    renewAt(voter, n2, 0);
    drop(n2, 'db');
    renewAt(voter, n2, 10);
    listClaim(n1, 'web', { state: 'own', epoch: 5, resources: ['vip', 'web'] });
    expect(renewAt(voter, n1, 20).denials).toEqual([{ key: 'web', by: '', epochMax: 9 }]);
    change(n1, 'web', { epoch: 10 });
    expect(renewAt(voter, n1, 30).denials).toEqual([]);
  });

  it('R11 nor with one whose promise ran out', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 4, resources: ['web'] });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'own', epoch: 5, resources: ['vip', 'web'] });
    renewAt(voter, n1, 10);
    listClaim(n2, 'db', { epoch: 9, resources: ['vip'] });
    expect(renewAt(voter, n2, 1900).denials).toEqual([]);
    drop(n2, 'db');
    renewAt(voter, n2, 1910);
    expect(renewAt(voter, n1, 1920).denials).toEqual([{ key: 'web', by: '', epochMax: 9 }]);
  });

  it('R11 takes a newer epoch for the list that it has', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web', { epoch: 4, resources: ['web'] });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'own', epoch: 8, resources: ['web'] });
    renewAt(voter, n1, 10);
    expect([voter.promises.get('web')?.epoch, voter.epochMax.get('resource web')]).toEqual([8, 8]);
  });

  it('leaves nothing of an older list in the way of a promise that ran out', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { epoch: 4, resources: ['vip', 'web'] });
    renewAt(voter, n1, 0);
    listClaim(n2, 'db', { epoch: 9, resources: ['vip'] });
    expect(renewAt(voter, n2, 1900).denials).toEqual([]);
    change(n1, 'web', { state: 'own' });
    expect(renewAt(voter, n1, 1910).denials).toMatchObject([{ key: 'web', by: 'n2' }]);
    change(n1, 'web', { epoch: 10, resources: ['eip', 'web'] });
    listClaim(n2, 'mail', { epoch: 9, resources: ['eip'] });
    renewAt(voter, n2, 1920);
    expect(renewAt(voter, n1, 1930).denials).toMatchObject([{ key: 'web/resources', by: 'n2' }]);
    expect(voter.promises.get('web')?.resources).toEqual(['web']);
  });

  it('may be taken back under the epoch that the lease had', () => {
    const [voter, n1] = [newVoter(), candidate('n1')];
    listClaim(n1, 'web', { epoch: 5, resources: ['eip', 'web'] });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'own', epoch: 6, resources: ['vip', 'web'] });
    renewAt(voter, n1, 10);
    change(n1, 'web', { epoch: 5, resources: ['eip', 'web'] });
    expect(renewAt(voter, n1, 20).denials).toEqual([]);
    expect(voter.promises.get('web')?.resources).toEqual(['eip', 'web']);
  });

  it('lets what left the list be granted elsewhere', () => {
    const [voter, n1, n2] = [newVoter(), candidate('n1'), candidate('n2')];
    listClaim(n1, 'web', { resources: ['vip', 'web'] });
    renewAt(voter, n1, 0);
    change(n1, 'web', { state: 'own', epoch: 5, resources: ['web'] });
    renewAt(voter, n1, 10);
    listClaim(n2, 'db', { epoch: 6, resources: ['vip'] });
    expect(renewAt(voter, n2, 20).denials).toEqual([]);
  });
});
