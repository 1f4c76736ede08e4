import type { LeaseKey } from '../model/lease.js';
import type { Ack, Refusal } from '../model/message.js';
import type { Held, HolderEvent, HolderState } from './holder.js';
import { amendmentSubject, countAmendment } from './amendment.js';
import { renew } from './expiry.js';
import { changeState, countsAnyhow, dropClaim, isNewest, lapse } from './holder.js';
import { noteEpoch } from './known-epochs.js';
import { forgetDoubts, noteContinuity } from './continuity.js';
import { haveMajority, setsUntil } from './quorum.js';
import { judgeClock } from './voter-clock.js';

/** Counts a voter's ack. The caller has called {@link import('./expiry.js').expire} with the same time. */
export function receiveAck(state: HolderState, ack: Ack, nowMs: number): HolderEvent[] {
  const contact = state.contacts.get(ack.from);
  const beat = state.sent.get(ack.seq);
  if (contact === undefined || beat === undefined || ack.incarnation !== state.incarnation) return [];
  contact.heardAtMs = nowMs;
  contact.refusal = null;
  contact.fullVersion = ack.fullVersion;
  noteEpochs(state, ack);
  const verdict = judgeClock(state, contact, ack, { sentAtMs: beat.atMs, nowMs });
  if (verdict === 'stood-still') return distrustClock(state, nowMs);
  if (verdict === 'too-fast' || ack.seq <= state.distrustedSeq) return [];
  noteContinuity(state, contact, ack);
  const untilMs = (state.rules.sendTime ? beat.atMs : nowMs) + beat.leaseMs;
  contact.ackUntilMs = Math.max(contact.ackUntilMs, untilMs);
  const events: HolderEvent[] = [];
  const denied = new Map(ack.denials.map((denial) => [denial.key, denial.by]));
  for (const held of [...state.held.values()]) {
    if (held.state === 'lapsed') continue;
    const answer = { voter: ack.from, fullVersion: Math.min(ack.fullVersion, beat.tableVersion), untilMs, nowMs };
    const refusedFor = denied.get(amendmentSubject(held.key)) ?? null;
    const by = denied.get(held.key);
    if (by !== undefined) {
      // A voter that does not renew the lease does not take its list either.
      if (held.amendment !== null) countAmendment(state, held, held.amendment, { ...answer, refusedFor: by });
      const dropped = countDenial(state, held, { voter: ack.from, by, beat, nowMs });
      if (dropped !== null) events.push(dropped);
      continue;
    }
    if (!ack.complete || held.doubted.has(ack.from)) continue;
    // What it refuses may be what is asked for, or what is in force and it never took: that it has all of that, only an ack without a refusal shows.
    const hasList = refusedFor === null || (held.amendment !== null && held.ackUntilMs.has(ack.from));
    if (held.amendment !== null) countAmendment(state, held, held.amendment, { ...answer, refusedFor });
    if (!hasList) continue;
    if (isRecorded(state, held, answer.fullVersion)) {
      held.deniedBy.delete(ack.from);
      held.ackUntilMs.set(ack.from, Math.max(held.ackUntilMs.get(ack.from) ?? Number.NEGATIVE_INFINITY, untilMs));
      held.ackSeq.set(ack.from, Math.max(held.ackSeq.get(ack.from) ?? 0, ack.seq));
      forgetDoubts(state, held);
      events.push(...extend(state, held, nowMs));
    }
  }
  return events;
}

function noteEpochs(state: HolderState, ack: Ack): void {
  const subjects = new Map([...state.held.keys()].map((key) => [amendmentSubject(key), key]));
  for (const denial of ack.denials) {
    const key = subjects.get(denial.key) ?? denial.key;
    state.epochMax.set(key, Math.max(state.epochMax.get(key) ?? 0, denial.epochMax));
  }
}

/**
 * R4: the ack counts for this lease only if that voter had recorded it, in this claim, when it answered that heartbeat.
 *
 * A voter that is being brought up to date has the changes up to a version, and an entry travels with its last change only. So that version must reach the entry as it stands now: that it reaches
 * the claim says nothing, since a claim that was changed later is not among the older changes any more.
 */
function isRecorded(state: HolderState, held: Held, fullVersion: number): boolean {
  if (!state.rules.claimVersion) return true;
  const entry = state.table.entries.get(held.key);
  return entry !== undefined && fullVersion >= entry.version;
}

/** Everything held lapses, and whatever was sent or granted before now counts no more, for the majority neither: its time may have stood still. */
function distrustClock(state: HolderState, nowMs: number): HolderEvent[] {
  const events: HolderEvent[] = [];
  state.distrustedSeq = state.seq;
  state.nextBeatAtMs = Math.min(state.nextBeatAtMs, nowMs);
  for (const contact of state.contacts.values()) contact.ackUntilMs = Number.NEGATIVE_INFINITY;
  for (const held of state.held.values()) {
    held.ackUntilMs.clear();
    if (held.state !== 'own' && held.state !== 'stop') continue;
    events.push(lapse(state, held, { nowMs, why: 'clock' }));
  }
  return events;
}

/**
 * A claim is dropped when no majority can grant it any more.
 *
 * What is owned ends when a majority stands by promises to others: none of them gave one before its promise to this node was over, so the time of this node stood still, and no voter's clock told it, since the daemon
 * that could have compared them is gone.
 */
function countDenial(
  state: HolderState,
  held: Held,
  options: {
    readonly voter: string;
    readonly by: string;
    readonly beat: { readonly tableVersion: number };
    readonly nowMs: number;
  },
): HolderEvent | null {
  const { by, nowMs } = options;
  if (options.beat.tableVersion < held.claimVersion) return null;
  if (held.state === 'claim') {
    held.deniedBy.add(options.voter);
    if (haveMajority(state.sets, (voter) => !held.deniedBy.has(voter))) return null;
    return dropClaim(state, held, { by, nowMs });
  }
  // Who refuses it for its epoch only is asked under a newer one.
  if (by === '' || by === state.node) return null;
  held.deniedBy.add(options.voter);
  return haveMajority(state.sets, (voter) => held.deniedBy.has(voter))
    ? lapse(state, held, { nowMs, why: 'taken' })
    : null;
}

function extend(state: HolderState, held: Held, nowMs: number): HolderEvent[] {
  const until = grantedUntilMs(state, held, nowMs);
  if (until <= nowMs || until <= held.validUntilMs) return [];
  renew(state, held, until);
  if (held.state !== 'claim') return [];
  // Another lease of this node has one of its resources by now, under a newer epoch.
  if (!isNewest(state, held.resources, held.epoch)) return [dropClaim(state, held, { by: '', nowMs })];
  noteEpoch(state.epochMax, held);
  state.backOff.delete(held.key);
  held.deniedBy.clear();
  changeState(state, held, 'own', nowMs);
  return [{ kind: 'owned', key: held.key, epoch: held.epoch }];
}

/** Until when a majority of each set stands behind a lease. */
function grantedUntilMs(state: HolderState, held: Held, nowMs: number): number {
  return setsUntil(state.sets, (voter) => {
    if (countsAnyhow(state, voter, nowMs, held)) return nowMs + state.leaseMs;
    return held.ackUntilMs.get(voter) ?? Number.NEGATIVE_INFINITY;
  });
}

/** How many heartbeats a voter that never ends its quarantine can draw in the time of one. Ours. */
const BEATS_PER_BEAT_MAX = 10;

/**
 * A voter refused to answer. Returns whether a heartbeat should go out at once, now that it can be accepted.
 *
 * At once only when its token did not change a moment ago: two machines that answer for one voter would otherwise keep this node sending without a pause.
 */
export function receiveRefusal(state: HolderState, refusal: Refusal, nowMs: number): boolean {
  const contact = state.contacts.get(refusal.from);
  if (contact === undefined || refusal.incarnation !== state.incarnation || !state.sent.has(refusal.seq)) return false;
  contact.heardAtMs = nowMs;
  const untilMs = nowMs + refusal.waitMs;
  contact.refusal = { reason: refusal.reason, untilMs };
  // A voter that is silent for so long grants from then on: no heartbeat's time is waited on top of it.
  if (refusal.reason === 'quarantine') {
    const againMs = Math.max(untilMs, nowMs + state.everyMs / BEATS_PER_BEAT_MAX);
    state.nextBeatAtMs = Math.min(state.nextBeatAtMs, againMs);
  }
  if (contact.token === refusal.token) return false;
  const isSettled = nowMs - contact.tokenAtMs >= state.everyMs;
  contact.token = refusal.token;
  contact.tokenAtMs = nowMs;
  contact.fullVersion = 0;
  contact.clock = null;
  if (refusal.reason !== 'token') return false;
  contact.refusal = null;
  if (isSettled) state.nextBeatAtMs = Math.min(state.nextBeatAtMs, nowMs);
  return isSettled;
}

/** A lease became free at a voter: the next try need not wait. */
export function receiveFree(state: HolderState, options: { readonly key: LeaseKey; readonly epochMax: number }): void {
  state.epochMax.set(options.key, Math.max(state.epochMax.get(options.key) ?? 0, options.epochMax));
  state.backOff.delete(options.key);
}
