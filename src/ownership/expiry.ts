import { isFenceKey } from '../model/lease.js';
import type { Held, HolderEvent, HolderState } from './holder.js';
import { dropClaim, lapse, setValidity } from './holder.js';
import { setsUntil } from './quorum.js';
import type { VoterContact } from './voter-contact.js';

/** Lets everything lapse whose validity has ended (R8: to be called before anything else is done with the state). */
export function expire(state: HolderState, nowMs: number): HolderEvent[] {
  const events: HolderEvent[] = [];
  for (const held of state.held.values()) {
    if (held.state === 'claim') {
      if (nowMs >= held.claimedAtMs + claimTimeoutMs(state)) events.push(dropClaim(state, held, { by: '', nowMs }));
    } else if (held.state !== 'lapsed' && nowMs >= held.validUntilMs) {
      extendSilent(state, held, nowMs);
      if (nowMs >= held.validUntilMs && state.rules.noRevival)
        events.push(lapse(state, held, { nowMs, why: 'no-majority' }));
    }
  }
  return events;
}

/**
 * What is owned is kept without voters that say nothing and are not needed: with `ignore` all of them, from the first lease on, since they count as granting later anyhow and what they promised stands until then;
 * and the other one of two that can be fenced, since nobody is granted anything without this node's own voter (R14). That one must go on answering in any case, so a node that stood still past its lease loses it.
 */
function extendSilent(state: HolderState, held: Held, nowMs: number): void {
  if (state.ignoreSilenceMs === null && state.rival === null) return;
  const until = setsUntil(state.sets, (voter) => {
    const contact = state.contacts.get(voter);
    if (contact !== undefined && isSpared(state, held, { voter, contact })) return nowMs + state.leaseMs;
    return held.ackUntilMs.get(voter) ?? Number.NEGATIVE_INFINITY;
  });
  if (until <= held.validUntilMs) return;
  renew(state, held, until);
}

/** A lease ends later from now on. One for fencing is kept with the rest: nothing else tells its end. */
export function renew(state: HolderState, held: Held, untilMs: number): void {
  setValidity(held, untilMs);
  if (isFenceKey(held.key)) state.isUnsaved = true;
  else state.isRenewed = true;
}

/** Whether what is owned here needs no answer of the other one of two voters: unless that takes this node for dead, and is about to grant what is held here (R14). */
export function isRivalSpared({ rival, contacts }: HolderState): boolean {
  return rival !== null && contacts.get(rival)?.refusal?.reason !== 'superseded';
}

function isSpared(
  state: HolderState,
  held: Held,
  of: { readonly voter: string; readonly contact: VoterContact },
): boolean {
  if (of.voter === state.rival) return isRivalSpared(state);
  return state.ignoreSilenceMs !== null && !held.needsFencing && saysNothing(state, of.contact);
}

/** Whether two heartbeats an interval apart were sent since a voter's last word: time alone says nothing of it, since this node may have stood still itself. A voter that lost its memory and waits says nothing either. */
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
