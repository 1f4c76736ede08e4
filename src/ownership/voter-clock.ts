import { promiseMs } from '../model/lease.js';
import type { Ack } from '../model/message.js';
import type { HolderState } from './holder.js';
import type { ClockTrial, VoterContact } from './voter-contact.js';

/**
 * What a voter's clock says.
 *
 * sound: both clocks may be right. stood-still: ours may have stood still. too-fast: the voter's is known to run too fast, so neither its word of our clock nor its promises can be relied on.
 */
export type ClockVerdict = 'sound' | 'stood-still' | 'too-fast';

/** By how much more than its known pace a voter's clock that is too fast may run, before it is taken for a sign that ours stood still. Ours: a pause that matters is longer than an interval. */
const PACE_MAX = 2;

/**
 * R1: if the voter's clock ran more than (1+ρ)/(1−ρ) times ours, which no two clocks within the bound can, ours stood still (a hypervisor pause): nothing that we hold can be
 * trusted.
 *
 * Our side of the comparison runs from the send of the older heartbeat to the receipt of the newer ack, which is never less than what passed between the voter's
 * two readings: no delay on the way can raise a false alarm.
 *
 * One voter's word is enough. But a voter that says so again and again is put on trial: when its clock is seen to run too fast by another voter's, which our own has no part in, it is not heeded any more, nor
 * counted, until it agrees with ours.
 */
export function judgeClock(
  state: HolderState,
  contact: VoterContact,
  ack: Ack,
  times: { readonly sentAtMs: number; readonly nowMs: number },
): ClockVerdict {
  const { nowMs, sentAtMs } = times;
  const before = contact.clock;
  const standing = contact.pace === null ? 'sound' : 'too-fast';
  if (before !== null && ack.seq <= before.seq) return standing;
  contact.clock = { seq: ack.seq, voterMs: ack.clockMs, sentAtMs };
  if (!state.rules.voterClock) return 'sound';
  bearWitness(state, contact, ack, sentAtMs);
  if (before === null) return standing;
  const voterMs = ack.clockMs - before.voterMs;
  const ownMs = nowMs - before.sentAtMs;
  const boundMs = promiseMs(ownMs, state.drift);
  if (voterMs <= boundMs + 1) {
    // Of two heartbeats that follow each other at once nothing can be learnt.
    if (ownMs * 2 < state.everyMs) return standing;
    contact.trial = null;
    contact.pace = null;
    return 'sound';
  }
  if (contact.pace !== null && voterMs <= PACE_MAX * contact.pace * boundMs + 1) return 'too-fast';
  contact.pace = null;
  if (contact.trial?.token === contact.token) noteOnTrial(contact.trial, ack, times);
  else contact.trial = beginTrial(state, contact, ack.from, nowMs);
  return 'stood-still';
}

function beginTrial(state: HolderState, contact: VoterContact, voter: string, nowMs: number): ClockTrial {
  const witnesses: ClockTrial['witnesses'] = new Map();
  for (const [other, { clock, token }] of state.contacts) {
    // This node's own voter has this node's clock.
    if (other === voter || other === state.node || clock === null) continue;
    witnesses.set(other, { token, clockMs: clock.voterMs });
  }
  return { token: contact.token, beganAtMs: nowMs, witnesses, fromMs: null, until: null };
}

/** The trial is about what passes between two readings of the accused: the first of a heartbeat that was sent after the readings of the witnesses were received. */
function noteOnTrial(
  trial: ClockTrial,
  ack: Ack,
  { sentAtMs, nowMs }: { readonly sentAtMs: number; readonly nowMs: number },
): void {
  if (trial.fromMs === null) {
    if (sentAtMs >= trial.beganAtMs) trial.fromMs = ack.clockMs;
  } else trial.until ??= { clockMs: ack.clockMs, receivedAtMs: nowMs };
}

/**
 * What a voter's reading says of those on trial: it was taken after their second one, as the one at the beginning was before their first, so more time passed between the two of the witness. If it shows less
 * than what the accused shows by more than the bound allows, the accused runs too fast, or the witness too slow. That our clock may have stood still has no part in it.
 */
function bearWitness(state: HolderState, witness: VoterContact, ack: Ack, sentAtMs: number): void {
  for (const accused of state.contacts.values()) {
    const { trial } = accused;
    if (trial === null || trial.fromMs === null || trial.until === null) continue;
    const first = trial.witnesses.get(ack.from);
    if (first === undefined || first.token !== witness.token || sentAtMs < trial.until.receivedAtMs) continue;
    const witnessMs = ack.clockMs - first.clockMs;
    const accusedMs = trial.until.clockMs - trial.fromMs;
    if (witnessMs > 0 && accusedMs > promiseMs(witnessMs, state.drift) + 1) {
      accused.pace = accusedMs / witnessMs;
      accused.trial = null;
    } else trial.until = null;
  }
}
