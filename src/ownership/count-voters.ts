import type { Configuration } from '../model/voter-line.js';
import type { Held, HolderState } from './holder.js';
import type { VoterSets } from './quorum.js';
import { votersIn } from './quorum.js';
import { newContact } from './voter-contact.js';

/**
 * Counts other voters from now on (R12); the next heartbeat is due at once.
 *
 * Acks that were counted stay counted while their voter votes: each is a promise of that voter, whatever set it is in. What is held keeps the validity that it has, and gets more only from a majority of each new set.
 */
export function countVoters(
  state: HolderState,
  options: {
    readonly sets: VoterSets;
    readonly configuration: Configuration;
    readonly epochFloor: number;
    readonly nowMs: number;
  },
): void {
  state.sets = options.sets;
  state.voters = votersIn(options.sets);
  state.configuration = options.configuration;
  state.epochFloor = options.epochFloor;
  for (const voter of state.voters)
    if (!state.contacts.has(voter)) state.contacts.set(voter, { ...newContact(), heardAtMs: options.nowMs });
  for (const voter of [...state.contacts.keys()]) if (!state.voters.includes(voter)) state.contacts.delete(voter);
  for (const held of state.held.values()) {
    held.deniedBy.clear();
    forgetOthers(held, state.voters);
  }
  state.nextBeatAtMs = Math.min(state.nextBeatAtMs, options.nowMs);
}

/** What a voter had recorded of a lease is not known any more once it does not vote: it may come back without its memory. */
function forgetOthers({ ackUntilMs, ackSeq, amendment }: Held, voters: readonly string[]): void {
  const maps = [ackUntilMs, ackSeq, ...(amendment === null ? [] : [amendment.ackUntilMs])];
  for (const map of maps) for (const voter of map.keys()) if (!voters.includes(voter)) map.delete(voter);
}
