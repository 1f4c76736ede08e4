import { promiseMs } from '../model/lease.js';
import type { Ack, Refusal } from '../model/message.js';
import type { Held, HolderEvent, HolderState, VoterContact } from './holder.js';
import { amendmentSubject, countAmendment } from './amendment.js';
import { changeState, dropClaim, grantedUntilMs, lapse, setValidity } from './holder.js';
import { majorityOf } from './quorum.js';

/** Counts a voter's ack. The caller has called {@link expire} with the same time. */
export function receiveAck(state: HolderState, ack: Ack, nowMs: number): HolderEvent[] {
  const contact = state.contacts.get(ack.from);
  const beat = state.sent.get(ack.seq);
  if (contact === undefined || beat === undefined || ack.incarnation !== state.incarnation) return [];
  const events = checkVoterClock(state, contact, ack, { sentAtMs: beat.atMs, nowMs });
  contact.heardAtMs = nowMs;
  contact.refusal = null;
  contact.fullVersion = ack.fullVersion;
  noteEpochs(state, ack);
  const untilMs = (state.rules.sendTime ? beat.atMs : nowMs) + beat.leaseMs;
  contact.ackUntilMs = Math.max(contact.ackUntilMs, untilMs);
  const denied = new Map(ack.denials.map((denial) => [denial.key, denial.by]));
  for (const held of [...state.held.values()]) {
    if (held.state === 'lapsed') continue;
    const answer = { voter: ack.from, fullVersion: Math.min(ack.fullVersion, beat.tableVersion), untilMs, nowMs };
    const isListRefused = denied.has(amendmentSubject(held.key));
    if (denied.has(held.key)) {
      const dropped = countDenial(state, held, { voter: ack.from, by: denied.get(held.key) ?? '', beat, nowMs });
      if (dropped !== null) events.push(dropped);
      continue;
    }
    if (!ack.complete) continue;
    if (held.amendment !== null) countAmendment(state, held, held.amendment, { ...answer, isListRefused });
    else if (isListRefused) continue;
    if (isRecorded(state, held, ack, beat.tableVersion)) {
      held.ackUntilMs.set(ack.from, Math.max(held.ackUntilMs.get(ack.from) ?? Number.NEGATIVE_INFINITY, untilMs));
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

/** R4: the ack counts for this group only if that voter has recorded it, in this claim, when it answered that heartbeat. */
function isRecorded(state: HolderState, held: Held, ack: Ack, sentVersion: number): boolean {
  if (!state.rules.claimVersion) return true;
  return ack.fullVersion >= held.countsFrom && sentVersion >= held.countsFrom;
}

/**
 * R1: if the voter's clock ran more than (1+ρ)/(1−ρ) times ours, which no two clocks within the bound can, ours stood still (a hypervisor pause): nothing that we hold can be
 * trusted.
 *
 * Our side of the comparison runs from the send of the older heartbeat to the receipt of the newer ack, which is never less than what passed between the voter's
 * two readings: no delay on the way can raise a false alarm.
 */
function checkVoterClock(
  state: HolderState,
  contact: VoterContact,
  ack: Ack,
  times: { readonly sentAtMs: number; readonly nowMs: number },
): HolderEvent[] {
  const before = contact.clock;
  if (before !== null && ack.seq <= before.seq) return [];
  contact.clock = { seq: ack.seq, voterMs: ack.clockMs, sentAtMs: times.sentAtMs };
  if (before === null || !state.rules.voterClock) return [];
  const voterMs = ack.clockMs - before.voterMs;
  const ownMs = times.nowMs - before.sentAtMs;
  if (voterMs <= promiseMs(ownMs, state.drift) + 1) return [];
  return lapseEverything(state, times.nowMs);
}

function lapseEverything(state: HolderState, nowMs: number): HolderEvent[] {
  const events: HolderEvent[] = [];
  for (const held of state.held.values()) {
    if (held.state !== 'own' && held.state !== 'stop') continue;
    held.validUntilMs = Math.min(held.validUntilMs, nowMs);
    held.deadByMs = held.validUntilMs + held.stopBudgetMs;
    events.push(lapse(state, held, { nowMs, why: 'clock' }));
  }
  return events;
}

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
  if (held.state !== 'claim' || options.beat.tableVersion < held.claimVersion) return null;
  held.deniedBy.add(options.voter);
  const votes = state.voters.length;
  if (votes - held.deniedBy.size >= majorityOf(votes)) return null;
  return dropClaim(state, held, { by: options.by, nowMs: options.nowMs });
}

function extend(state: HolderState, held: Held, nowMs: number): HolderEvent[] {
  const until = grantedUntilMs(state, held, nowMs);
  if (until <= nowMs || until <= held.validUntilMs) return [];
  setValidity(held, until);
  state.isUnsaved = true;
  if (held.state !== 'claim') return [];
  state.backOff.delete(held.key);
  changeState(state, held, 'own', nowMs);
  return [{ kind: 'owned', key: held.key, epoch: held.epoch }];
}

/** A voter refused to answer. Returns whether a heartbeat should go out at once, now that it can be accepted. */
export function receiveRefusal(state: HolderState, refusal: Refusal, nowMs: number): boolean {
  const contact = state.contacts.get(refusal.from);
  if (contact === undefined || refusal.incarnation !== state.incarnation || !state.sent.has(refusal.seq)) return false;
  contact.heardAtMs = nowMs;
  const isNewToken = contact.token !== refusal.token;
  if (isNewToken) {
    contact.token = refusal.token;
    contact.fullVersion = 0;
    contact.clock = null;
  }
  contact.refusal = { reason: refusal.reason, untilMs: nowMs + refusal.waitMs };
  if (refusal.reason !== 'token' || !isNewToken) return false;
  contact.refusal = null;
  state.nextBeatAtMs = Math.min(state.nextBeatAtMs, nowMs);
  return true;
}
