import { compareIds } from '../base/order.js';
import { setEntry } from '../base/versioned-table.js';
import type { LeaseKey } from '../model/lease.js';
import type { Amendment, Held, HolderState } from './holder.js';
import { entryOf, isNewest, takeEpoch } from './holder.js';
import { newestEpoch, noteEpoch } from './known-epochs.js';
import { haveMajority, setsUntil } from './quorum.js';

/** Under which name a voter refuses the list of a lease, but not the lease. */
export function amendmentSubject(key: LeaseKey): string {
  return `${key}/resources`;
}

/**
 * Asks the voters to take a new list for an owned lease, under a new epoch; and first the present list, where a newer epoch than the lease's is known of it or of a resource: another lease of this node had it meanwhile, or a
 * voter took a list that a majority refused, and grants nothing older anew (R11).
 *
 * Shape: `resources` in any order; nothing happens when the list is the present one under the newest epoch, another change is under way, or one was refused a moment ago.
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
  const isOutdated = state.rules.newestStart && held.epoch < newestEpoch(state.epochMax, key, held.resources);
  const resources = isOutdated ? held.resources : [...options.resources].sort(compareIds);
  if (!isOutdated && isSameList(resources, held.resources)) return;
  const epoch = takeEpoch(state, { key, resources, wallMs: options.wallMs });
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
  const { nowMs } = answer;
  if (answer.isListRefused) {
    amendment.refusedBy.add(answer.voter);
    if (!haveMajority(state.sets, (voter) => !amendment.refusedBy.has(voter)))
      giveUp(state, held, { againAtMs: nowMs + state.leaseMs, nowMs });
    return;
  }
  amendment.ackUntilMs.set(
    answer.voter,
    Math.max(amendment.ackUntilMs.get(answer.voter) ?? Number.NEGATIVE_INFINITY, answer.untilMs),
  );
  const until = setsUntil(state.sets, (voter) =>
    state.isRivalDead && voter === state.rival
      ? nowMs + state.leaseMs
      : (amendment.ackUntilMs.get(voter) ?? Number.NEGATIVE_INFINITY),
  );
  if (until <= nowMs) return;
  // Another lease of this node had one of them meanwhile, under a newer epoch.
  if (!isNewest(state, amendment.resources, amendment.epoch)) return giveUp(state, held, { againAtMs: nowMs, nowMs });
  noteEpoch(state.epochMax, { key: held.key, resources: amendment.resources, epoch: amendment.epoch });
  held.resources = amendment.resources;
  held.epoch = amendment.epoch;
  held.ackUntilMs = amendment.ackUntilMs;
  held.validUntilMs = until;
  held.deadByMs = until + held.stopBudgetMs;
  held.amendment = null;
  state.isUnsaved = true;
}

/** The list that is in force is said again. */
function giveUp(state: HolderState, held: Held, at: { readonly againAtMs: number; readonly nowMs: number }): void {
  held.amendment = null;
  held.amendAtMs = at.againAtMs;
  list(state, held, { resources: held.resources, epoch: held.epoch, nowMs: at.nowMs });
}
