/**
 * Stage 6, ordering: what groups ask of each other.
 *
 * Starts go through the groups in order of dependency: a group is claimed after those it must follow are up, and not at all while they will not be. Stops go the other way round. Stops never wait for
 * claims or starts, so the order has no ring.
 */

import type { Assignment } from './assignment.js';
import type { Stages } from './placing.js';
import { mustFollow } from './draft.js';
import type { Before, Draft, GroupDraft, Hold, StopChain } from './draft.js';
import { isActive, nodeName } from './present.js';
import { ringMate } from './constraints.js';
import { stateOf } from './standing.js';
import { withoutRestarts } from './stop-drafts.js';

/** Whether a group is up once the plan is done: already, by these actions, or not. */
type Upness =
  | { readonly kind: 'up' }
  | { readonly kind: 'coming'; readonly last: readonly Draft[] }
  | { readonly kind: 'down' };

const NO_PROBES: GroupDraft['probes'] = [];
const UP: Upness = { kind: 'up' };
const DOWN: Upness = { kind: 'down' };

/** Adds the order between groups to the drafts, and drops claims and starts that would have to wait for what this plan does not bring. */
export function orderActions(options: {
  readonly stages: Stages;
  readonly assignment: Assignment;
  readonly drafts: readonly (GroupDraft | null)[];
}): void {
  const { stages, assignment, drafts } = options;
  const upness: Upness[] = new Array(drafts.length).fill(DOWN);
  const staying: GroupDraft[] = [];
  for (const group of stages.constraints.order) {
    const draft = drafts[group] ?? null;
    // A reload alone is about what runs, and minds no other group.
    if (draft !== null && (draft.claim !== null || draft.starts.some(({ kind }) => kind === 'start'))) {
      const hold = orderStarts({ stages, assignment, drafts, upness, draft });
      if (hold !== null) {
        if (isOnlyWished({ stages, assignment, drafts, draft, hold })) {
          draft.chains = chainsElsewhere(stages, draft);
          staying.push(draft);
        } else if (!draft.isOwned) draft.chains = withoutRestarts(stages.present, draft.chains);
        draft.claim = null;
        draft.starts = [];
        draft.hold = hold;
      }
    }
    if (draft !== null) orderStops({ stages, assignment, drafts, draft });
    upness[group] = upnessOf({ stages, assignment, group, draft });
  }
  // Only now is it known which leases are given up.
  for (const draft of staying) {
    draft.chains = draft.chains.filter((chain) => !mayRunOn({ stages, drafts, group: draft.group, chain }));
  }
}

/** The drafts in an order in which they can be carried out one by one: probes, stops with the dependents first, releases, then claims and starts with the dependents last. */
export function inOrder(stages: Stages, drafts: readonly (GroupDraft | null)[]): readonly Before[] {
  const { order } = stages.constraints;
  const ordered: Before[] = [];
  for (const draft of drafts) for (const probe of draft?.probes ?? NO_PROBES) ordered.push(probe);
  for (let position = order.length - 1; position >= 0; position--) {
    const draft = drafts[order[position] ?? 0] ?? null;
    for (const chain of draft?.chains ?? []) ordered.push(...chain.stops);
  }
  for (let position = order.length - 1; position >= 0; position--) {
    const draft = drafts[order[position] ?? 0] ?? null;
    if (draft === null) continue;
    ordered.push(...draft.withdrawals);
    for (const chain of draft.chains) if (chain.release !== null) ordered.push(chain.release);
  }
  for (const group of order) {
    const draft = drafts[group] ?? null;
    if (draft === null) continue;
    if (draft.claim !== null) ordered.push(draft.claim);
    ordered.push(...draft.starts);
  }
  return ordered;
}

interface Ordering {
  readonly stages: Stages;
  readonly assignment: Assignment;
  readonly drafts: readonly (GroupDraft | null)[];
}

/** Orders a group's claim and starts behind other groups; returns what holds them, if something does. */
function orderStarts(
  options: Ordering & { readonly upness: readonly Upness[]; readonly draft: GroupDraft },
): Hold | null {
  const { stages, assignment, upness, draft } = options;
  const { constraints } = stages;
  const { group } = draft;
  const node = assignment.placedOn[group] ?? -1;
  const first = draft.claim ?? draft.starts[0];
  if (first === undefined) return null;
  if (constraints.inRing[group] === 1)
    return { kind: 'other-group', subject: ringMate(constraints, group), node, wanted: null };
  for (const other of constraints.after[group] ?? []) {
    const state = upness[other] ?? DOWN;
    if (state.kind === 'down') return { kind: 'other-group', subject: other, node, wanted: null };
    if (state.kind === 'coming') mustFollow(first, state.last);
  }
  if (draft.claim === null) return null;
  for (const primary of constraints.beside[group] ?? []) {
    const claim = ownerClaim({ ...options, primary, node });
    if (claim === 'none') return { kind: 'other-group', subject: primary, node, wanted: null };
    if (claim !== 'owned') mustFollow(draft.claim, [claim]);
  }
  for (const other of constraints.apart[group] ?? []) {
    for (const chain of options.drafts[other]?.chains ?? []) {
      // Not its release, which may itself wait for a member that moves into this group and is let go of by this claim.
      const last = chain.stops.at(-1);
      if (chain.node === node && last !== undefined) mustFollow(draft.claim, [last]);
    }
  }
  return null;
}

/**
 * Whether the group could stay where it is for now: nothing but a preference, or a primary that stays there too, draws it away. Such a move is not begun while it cannot be finished.
 */
function isOnlyWished(options: Ordering & { readonly draft: GroupDraft; readonly hold: Hold }): boolean {
  const { stages, assignment, drafts, draft, hold } = options;
  const { present, standings } = stages;
  const holder = standings[draft.group]?.holder ?? null;
  if (holder === null || holder.state !== 'own' || stages.criteria.canAct[holder.node] !== 1) return false;
  const name = nodeName(present, holder.node);
  const here = assignment.candidates[draft.group]?.find((candidate) => candidate.node === name);
  const shut = here?.parts.filter((part) => part.score === null) ?? [];
  if (shut.length === 0) return true;
  const isPrimary = stages.constraints.beside[draft.group]?.includes(hold.subject) === true;
  const primary = standings[hold.subject]?.holder ?? null;
  const staysToo = primary?.node === holder.node && (drafts[hold.subject]?.chains.length ?? 0) === 0;
  return isPrimary && staysToo && shut.every((part) => part.kind === 'with');
}

/** What is stopped of a group where it is not: a member that came from another group, or was left behind. That is no part of a move. */
function chainsElsewhere({ standings }: Stages, { group, chains }: GroupDraft): readonly StopChain[] {
  return chains.filter(({ node }) => node !== standings[group]?.holder?.node);
}

/**
 * Whether members that came from another group run on where they are, until their own may start them: none of them runs where their group is, and their node gives up none of the leases under which they may run.
 *
 * Which lease that is, nobody says: with any that ends they are stopped, or that one might never end.
 */
function mayRunOn(options: {
  readonly stages: Stages;
  readonly drafts: readonly (GroupDraft | null)[];
  readonly group: number;
  readonly chain: StopChain;
}): boolean {
  const { stages, drafts, group, chain } = options;
  const { present, standings } = stages;
  const home = standings[group]?.holder?.node ?? -1;
  if (chain.isHeld || chain.stops.some(({ resource }) => isActive(stateOf(present, resource, home)))) return false;
  const held = present.leases.flatMap((leases, other) =>
    leases.filter(({ node, state }) => node === chain.node && state !== 'claim').map(({ state }) => ({ other, state })),
  );
  const isGivenUp = (other: number): boolean =>
    drafts[other]?.chains.some(({ node, release }) => node === chain.node && release !== null) === true;
  return held.length > 0 && held.every(({ other, state }) => state === 'own' && !isGivenUp(other));
}

/** How a primary comes to be owned on a node: it is already, by this claim, or not by this plan. */
function ownerClaim(options: Ordering & { readonly primary: number; readonly node: number }): Draft | 'owned' | 'none' {
  const { stages, drafts, primary, node } = options;
  const holder = stages.standings[primary]?.holder ?? null;
  const draft = drafts[primary] ?? null;
  if (holder !== null && holder.state !== 'lapsed' && holder.node === node) {
    const isLeaving = draft?.chains.some((chain) => chain.release !== null && chain.node === node) === true;
    return isLeaving ? 'none' : 'owned';
  }
  return draft?.claim ?? 'none';
}

/** What the group depends on stops after the group does, where both stop. */
function orderStops(options: Ordering & { readonly draft: GroupDraft }): void {
  const { stages, drafts, draft } = options;
  const { constraints } = stages;
  const { group } = draft;
  const own = draft.chains.filter((chain) => chain.isHeld);
  if (own.length === 0) return;
  for (const other of [...(constraints.after[group] ?? []), ...(constraints.beside[group] ?? [])]) {
    if (constraints.component[other] === constraints.component[group]) continue;
    for (const chain of drafts[other]?.chains ?? []) if (chain.isHeld) stopAfter(chain, own);
  }
}

function stopAfter(later: StopChain, earlier: readonly StopChain[]): void {
  const [first] = later.stops;
  if (first === undefined) return;
  for (const chain of earlier) {
    const last = chain.stops.at(-1);
    if (last !== undefined) mustFollow(first, [last]);
  }
}

function upnessOf(options: {
  readonly stages: Stages;
  readonly assignment: Assignment;
  readonly group: number;
  readonly draft: GroupDraft | null;
}): Upness {
  const { stages, assignment, group, draft } = options;
  const standing = stages.standings[group];
  if (standing === undefined) return DOWN;
  if (standing.pin !== null) return standing.isUp ? UP : DOWN;
  const staysUp = standing.isUp && standing.holder?.node === assignment.placedOn[group];
  if (draft === null) return staysUp ? UP : DOWN;
  const isStopping = draft.chains.some((chain) => chain.node === standing.holder?.node);
  if (staysUp && !isStopping && draft.starts.length === 0) return UP;
  const last = draft.starts.at(-1) ?? draft.claim;
  const isComing = (draft.isOwned || draft.claim !== null) && draft.hold === null;
  return isComing && last !== null && last !== undefined ? { kind: 'coming', last: [last] } : DOWN;
}
