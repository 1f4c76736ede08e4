import { compareIds } from '../base/order.js';
import { setEntry } from '../base/versioned-table.js';
import type { LeaseKey, StopBudgets } from '../model/lease.js';
import type { Amendment, Held, HolderState } from './holder.js';
import { countsAnyhow, entryOf, isNewest, setValidity, takeEpoch } from './holder.js';
import { newestEpoch, noteEpoch } from './known-epochs.js';
import { haveMajority, setsUntil } from './quorum.js';

/** Under which name a voter refuses the list of a lease, but not the lease. */
export function amendmentSubject(key: LeaseKey): string {
  return `${key}/resources`;
}

/**
 * Asks the voters to take a new list and new stop budgets for an owned lease, under a new epoch; and first the present list, where a newer epoch than the lease's is known of it or of a resource: another lease of this node had
 * it meanwhile, or a voter took a list that a majority refused, and grants nothing older anew (R11). So also where a budget becomes longer: nobody refuses that, and what is added then finds it in force.
 *
 * Where its planned stop is under way, only a longer budget is asked for: that stop may take as long by now.
 *
 * Shape: `resources` in any order; `budgets` are those in force where they are left out. Nothing happens when all is as it is in force under the newest epoch, or while another change is under way, or was refused a moment ago; but a longer budget waits for none, and nothing for an addition that is not wanted any more.
 */
export function amend(
  state: HolderState,
  options: {
    readonly key: LeaseKey;
    readonly resources: readonly string[];
    readonly budgets?: StopBudgets;
    readonly nowMs: number;
    readonly wallMs: number;
  },
): void {
  const { key, nowMs } = options;
  const held = state.held.get(key);
  if (held === undefined) return;
  const isOutdated = state.rules.newestStart && held.epoch < newestEpoch(state.epochMax, key, held.resources);
  const { stopBudgetMs, promisedBudgetMs } = options.budgets ?? held;
  const isLonger = !covers(held, { stopBudgetMs, promisedBudgetMs });
  if (held.state !== 'own' && (held.state !== 'stop' || !isLonger)) return;
  if (held.amendment === null ? held.amendAtMs > nowMs && !isLonger : isWorthwhile(held, held.amendment, options))
    return;
  const isFirst = isOutdated || isLonger;
  const resources = isFirst ? held.resources : [...options.resources].sort(compareIds);
  const isSame = stopBudgetMs === held.stopBudgetMs && promisedBudgetMs === held.promisedBudgetMs;
  if (!isOutdated && isSame && isSameList(resources, held.resources)) return;
  // Who refuses an addition renews the lease only where it is known to have what is in force: that is acked first.
  const hasAcked = (voter: string): boolean => held.ackUntilMs.has(voter) || countsAnyhow(state, voter, nowMs, held);
  if (!isFirst && !haveMajority(state.sets, hasAcked)) return;
  const epoch = takeEpoch(state, { key, resources, wallMs: options.wallMs });
  list(state, held, { resources, promisedBudgetMs, epoch, nowMs });
  const { version } = state.table;
  const answers = { ackUntilMs: new Map(), refusedBy: new Set<string>() };
  held.amendment = { resources, stopBudgetMs, promisedBudgetMs, epoch, version, ...answers };
  // What is left out is given up as soon as the voters are told, whenever their answers come: the first that takes the new list may grant it to somebody else.
  if (state.rules.givenUpAtOnce) held.resources = held.resources.filter((each) => resources.includes(each));
  // Likewise of a shorter budget: whoever takes it promises no more than that from then on.
  held.stopBudgetMs = Math.min(held.stopBudgetMs, stopBudgetMs);
  held.promisedBudgetMs = Math.min(held.promisedBudgetMs, promisedBudgetMs);
  setValidity(held, held.validUntilMs);
}

/**
 * Whether a change that is under way is still to be waited for: not when it adds what is not wanted any more, since that may be why it is refused, and why another node is refused the same. Nor when a longer budget is wanted, which nobody
 * refuses, and it brings none.
 */
function isWorthwhile(
  held: Held,
  amendment: Amendment,
  wanted: { readonly resources: readonly string[]; readonly budgets?: StopBudgets },
): boolean {
  const { resources, budgets = held } = wanted;
  const isWanted = amendment.resources.every((each) => resources.includes(each) || held.resources.includes(each));
  return isWanted && (covers(held, budgets) || covers(amendment, budgets));
}

/** Whether stop budgets are no shorter than others. */
export function covers(budgets: StopBudgets, others: StopBudgets): boolean {
  return budgets.stopBudgetMs >= others.stopBudgetMs && budgets.promisedBudgetMs >= others.promisedBudgetMs;
}

function list(
  state: HolderState,
  held: Held,
  options: Pick<Amendment, 'resources' | 'promisedBudgetMs' | 'epoch'> & { readonly nowMs: number },
): void {
  const { resources, promisedBudgetMs: stopBudgetMs, epoch, nowMs } = options;
  setEntry(state.table, held.key, { ...entryOf(held), epoch, resources, stopBudgetMs });
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
    /** Who has what the voter does not grant, empty where that is only used under a newer epoch; null where it took the list. */
    readonly refusedFor: string | null;
    readonly nowMs: number;
  },
): void {
  if (answer.fullVersion < amendment.version) return;
  const { nowMs } = answer;
  if (answer.refusedFor !== null) {
    amendment.refusedBy.add(answer.voter);
    // Nobody has it, so under an epoch above the one that this voter told it takes the list; whether the others ever answer is not known.
    if (answer.refusedFor === '') giveUp(state, held, { againAtMs: nowMs, nowMs });
    else if (!haveMajority(state.sets, (voter) => !amendment.refusedBy.has(voter)))
      giveUp(state, held, { againAtMs: nowMs + state.leaseMs, nowMs });
    return;
  }
  amendment.ackUntilMs.set(
    answer.voter,
    Math.max(amendment.ackUntilMs.get(answer.voter) ?? Number.NEGATIVE_INFINITY, answer.untilMs),
  );
  const until = setsUntil(state.sets, (voter) =>
    countsAnyhow(state, voter, nowMs, held)
      ? nowMs + state.leaseMs
      : (amendment.ackUntilMs.get(voter) ?? Number.NEGATIVE_INFINITY),
  );
  if (until <= nowMs) return;
  // Another lease of this node had one of them meanwhile, under a newer epoch.
  if (!isNewest(state, amendment.resources, amendment.epoch)) return giveUp(state, held, { againAtMs: nowMs, nowMs });
  noteEpoch(state.epochMax, { key: held.key, resources: amendment.resources, epoch: amendment.epoch });
  held.resources = amendment.resources;
  held.epoch = amendment.epoch;
  held.stopBudgetMs = amendment.stopBudgetMs;
  held.promisedBudgetMs = amendment.promisedBudgetMs;
  held.ackUntilMs = amendment.ackUntilMs;
  setValidity(held, until);
  held.amendment = null;
  state.isUnsaved = true;
}

/** What is in force is said again. */
function giveUp(state: HolderState, held: Held, at: { readonly againAtMs: number; readonly nowMs: number }): void {
  held.amendment = null;
  held.amendAtMs = at.againAtMs;
  list(state, held, { ...held, nowMs: at.nowMs });
}
