import { compareIds } from '../base/order.js';
import { setEntry } from '../base/versioned-table.js';
import type { LeaseKey } from '../model/lease.js';
import type { Amendment, Held, HolderState } from './holder.js';
import { entryOf, newEpoch } from './holder.js';
import { haveMajority, setsUntil } from './quorum.js';

/** Under which name a voter refuses the list of a lease, but not the lease. */
export function amendmentSubject(key: LeaseKey): string {
  return `${key}/resources`;
}

/**
 * Asks the voters to take a new list for an owned lease, under a new epoch.
 *
 * Shape: `resources` in any order; nothing happens when the list is the present one, another change is under way, or one was refused a moment ago.
 */
export function amend(
  state: HolderState,
  options: {
    readonly key: LeaseKey;
    readonly resources: readonly string[];
    readonly nowMs: number;
    readonly wallMs: number;
  },
): void {
  const { key, nowMs } = options;
  const held = state.held.get(key);
  if (held === undefined || held.state !== 'own' || held.amendment !== null || held.amendAtMs > nowMs) return;
  const resources = [...options.resources].sort(compareIds);
  if (isSameList(resources, held.resources)) return;
  const epoch = newEpoch(state, state.epochMax.get(key) ?? held.epoch, options.wallMs);
  state.epochMax.set(key, epoch);
  list(state, held, { resources, epoch, nowMs });
  held.amendment = { resources, epoch, version: state.table.version, ackUntilMs: new Map(), refusedBy: new Set() };
  // What is left out is given up as soon as the voters are told, whenever their answers come: the first that takes the new list may grant it to somebody else.
  if (state.rules.givenUpAtOnce) held.resources = held.resources.filter((each) => resources.includes(each));
}

function list(
  state: HolderState,
  held: Held,
  options: { readonly resources: readonly string[]; readonly epoch: number; readonly nowMs: number },
): void {
  const { resources, epoch, nowMs } = options;
  setEntry(state.table, held.key, { ...entryOf(held), epoch, resources });
  state.isUnsaved = true;
  state.nextBeatAtMs = Math.min(state.nextBeatAtMs, nowMs);
}

/** Whether two sorted lists of resources are the same. */
export function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

/** Counts a voter's answer for or against a change that is under way. */
export function countAmendment(
  state: HolderState,
  held: Held,
  amendment: Amendment,
  answer: {
    readonly voter: string;
    readonly fullVersion: number;
    readonly untilMs: number;
    readonly isListRefused: boolean;
    readonly nowMs: number;
  },
): void {
  if (answer.fullVersion < amendment.version) return;
  if (answer.isListRefused) {
    amendment.refusedBy.add(answer.voter);
    if (!haveMajority(state.sets, (voter) => !amendment.refusedBy.has(voter))) {
      held.amendment = null;
      held.amendAtMs = answer.nowMs + state.leaseMs;
      list(state, held, { resources: held.resources, epoch: held.epoch, nowMs: answer.nowMs });
    }
    return;
  }
  amendment.ackUntilMs.set(
    answer.voter,
    Math.max(amendment.ackUntilMs.get(answer.voter) ?? Number.NEGATIVE_INFINITY, answer.untilMs),
  );
  const until = setsUntil(state.sets, (voter) =>
    state.isRivalDead && voter === state.rival
      ? answer.nowMs + state.leaseMs
      : (amendment.ackUntilMs.get(voter) ?? Number.NEGATIVE_INFINITY),
  );
  if (until <= answer.nowMs) return;
  held.resources = amendment.resources;
  held.epoch = amendment.epoch;
  held.ackUntilMs = amendment.ackUntilMs;
  held.validUntilMs = until;
  held.deadByMs = until + held.stopBudgetMs;
  held.amendment = null;
  state.isUnsaved = true;
}
