import type { Ack } from '../model/message.js';
import type { Held, HolderState } from './holder.js';
import { majorityOf } from './quorum.js';
import type { VoterContact } from './voter-contact.js';

/**
 * R11 for renewals: a voter that lost its promise, or let it run out, and then hears of the lease again grants it anew. It cannot know whether somebody else owned it meanwhile, under a newer epoch.
 *
 * So its acks count for no lease that was owned before, until a majority of the others has acked a heartbeat that was sent after this node heard of the gap. Each of those still had its promise when
 * it answered, so no majority can have granted the lease to anybody before: whoever it was would have needed one of them. No clock enters into this: it holds for a machine that stood still for hours, too.
 */
export function noteContinuity(state: HolderState, contact: VoterContact, ack: Ack): void {
  const { memory, breaks } = ack.continuity;
  const before = contact.continuity;
  if (before?.memory === memory && before.breaks >= breaks) return;
  contact.continuity = { memory, breaks };
  state.isUnsaved = true;
  // A memory without a break never granted anew what this node owns: it has had its promises since they were claims.
  if (breaks === 0) return;
  // Under `ignore` silent voters count as granting: there is no continuity to be kept.
  if (!state.rules.continuity || state.ignoreSilenceMs !== null) return;
  // Of two voters this node's own one is asked by everybody (R14), so nobody was granted anything meanwhile.
  if (ack.from === state.rival) return;
  for (const held of state.held.values()) {
    held.ackUntilMs.delete(ack.from);
    held.ackSeq.delete(ack.from);
    held.amendment?.ackUntilMs.delete(ack.from);
    // A claim asks for a new grant in any case.
    if (held.state === 'own' || held.state === 'stop') held.doubted.set(ack.from, state.seq);
  }
}

/** Takes back in the voters that a majority of the others vouches for. */
export function forgetDoubts(state: HolderState, held: Held): void {
  // The older of the sets in force (R12): whoever was granted the lease meanwhile by a set alone, or by both, needed a majority of those. Whoever needed the newer set alone asked voters that had gone on to it, and those ack
  // nobody any more who still counts both.
  const [voters = []] = state.sets;
  for (const [voter, seq] of held.doubted) {
    let vouching = 0;
    for (const each of voters) if ((held.ackSeq.get(each) ?? 0) > seq) vouching += 1;
    if (vouching < majorityOf(voters.length)) continue;
    held.doubted.delete(voter);
    // A daemon that starts again would do without that voter, and some who vouched may be gone by then.
    state.isUnsaved = true;
  }
}
