import type { Configuration } from '../model/voter-line.js';
import type { HolderState } from './holder.js';
import type { VoterSets } from './quorum.js';
import { votersIn } from './quorum.js';
import { newContact } from './voter-contact.js';

/**
 * Counts other voters from now on (R12); the next heartbeat is due at once.
 *
 * Acks that were counted stay counted: each is a promise of that voter, whatever set it is in. What is held keeps the validity that it has, and gets more only from a majority of each new set.
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
  for (const held of state.held.values()) held.deniedBy.clear();
  state.nextBeatAtMs = Math.min(state.nextBeatAtMs, options.nowMs);
}
