import type { Held, HolderEvent, HolderState, VoterContact } from './holder.js';
import { dropClaim, lapse, setValidity } from './holder.js';
import { setsUntil } from './quorum.js';

/** Lets everything lapse whose validity has ended (R8: to be called before anything else is done with the state). */
export function expire(state: HolderState, nowMs: number): HolderEvent[] {
  const events: HolderEvent[] = [];
  for (const held of state.held.values()) {
    if (held.state === 'claim') {
      if (nowMs >= held.claimedAtMs + claimTimeoutMs(state)) events.push(dropClaim(state, held, { by: '', nowMs }));
    } else if (held.state !== 'lapsed' && nowMs >= held.validUntilMs) {
      extendIgnored(state, held, nowMs);
      if (nowMs >= held.validUntilMs && state.rules.noRevival)
        events.push(lapse(state, held, { nowMs, why: 'no-majority' }));
    }
  }
  return events;
}

/**
 * With `ignore`, what is owned is kept without the voters that say nothing, from the first lease on: they count as granting later anyhow, and until then what they promised stands.
 *
 * A voter that lost its memory and waits says nothing either. One that speaks and does not ack this lease is not counted.
 */
function extendIgnored(state: HolderState, held: Held, nowMs: number): void {
  if (state.ignoreSilenceMs === null) return;
  const until = setsUntil(state.sets, (voter) => {
    const contact = state.contacts.get(voter);
    if (contact !== undefined && saysNothing(state, contact)) return nowMs + state.leaseMs;
    return held.ackUntilMs.get(voter) ?? Number.NEGATIVE_INFINITY;
  });
  if (until <= held.validUntilMs) return;
  setValidity(held, until);
  state.isUnsaved = true;
}

/** Whether two heartbeats an interval apart were sent since a voter's last word: time alone says nothing of it, since this node may have stood still itself. */
function saysNothing(state: HolderState, contact: VoterContact): boolean {
  if (contact.refusal?.reason === 'quarantine') return true;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { atMs } of state.sent.values()) {
    if (atMs <= contact.heardAtMs) continue;
    first = Math.min(first, atMs);
    last = Math.max(last, atMs);
  }
  return last - first >= state.everyMs;
}

/** A claim that no majority answered in this time is dropped (R15): two heartbeats may be lost meanwhile. */
function claimTimeoutMs(state: HolderState): number {
  return 3 * state.everyMs;
}
