import { invariant } from '../base/invariant.js';
import { compareIds } from '../base/order.js';
import type { RandomStream } from '../base/random.js';
import { randomBetween } from '../base/random.js';
import type { VersionedTable } from '../base/versioned-table.js';
import { setEntry, versionedTable } from '../base/versioned-table.js';
import type { LeaseKey, LeaseState, StopBudgets } from '../model/lease.js';
import { limits } from '../model/limits.js';
import type { HeldEntry } from '../model/message.js';
import type { Configuration } from '../model/voter-line.js';
import type { KnownEpochs } from './known-epochs.js';
import { newestEpoch, newestResourceEpoch } from './known-epochs.js';
import type { VoterSets } from './quorum.js';
import { configurationOf, haveMajority, setsUntil } from './quorum.js';
import type { VoterContact } from './voter-contact.js';
import { newContact } from './voter-contact.js';

/** A lease that this node claims or holds. */
export interface Held {
  readonly key: LeaseKey;
  epoch: number;
  state: LeaseState;
  /** The table version that names this claim (R4). */
  readonly claimVersion: number;
  resources: readonly string[];
  /** A change of the list or of the stop budgets that the voters have not taken yet. */
  amendment: Amendment | null;
  /** When a refused change may be asked for again. */
  amendAtMs: number;
  /** {@link StopBudgets} of what is in force. */
  stopBudgetMs: number;
  promisedBudgetMs: number;
  /** Whether promises for it end by no time (R14). */
  needsFencing: boolean;
  /** Per voter, until when its newest counted ack keeps the lease alive (R2: own send time + lease). */
  ackUntilMs: Map<string, number>;
  /** Per voter, the number of the newest heartbeat whose ack counted. */
  readonly ackSeq: Map<string, number>;
  /** Voters whose promise had a gap, each with the number of the newest heartbeat that was sent by the time they said so. */
  readonly doubted: Map<string, number>;
  /** Voters that refused the claim, or stand by a promise to another while it is owned. */
  readonly deniedBy: Set<string>;
  readonly claimedAtMs: number;
  /** End of validity on this node's clock; -Infinity while it is a claim. */
  validUntilMs: number;
  /** Everything of the group is down by then: end of validity + stop budget. */
  deadByMs: number;
}

/**
 * A change of what a lease excludes, or of the stop budget that promises cover, while it is owned: a member was added to the group, or one left it, or stops may take another time.
 *
 * It is in force when a majority of the voters has recorded it; from then on only acks of voters that have it count for the lease (R4), so that each added resource, and what is added to the budget, is
 * behind the same majority as the lease itself. A voter that promised an added resource to somebody else, or saw a higher epoch of it, refuses the list and goes on renewing the lease without it.
 */
export interface Amendment extends StopBudgets {
  readonly resources: readonly string[];
  /** Newer than the lease's own, since an added resource may have run elsewhere under a newer epoch than that (R11). */
  readonly epoch: number;
  /** Table version that names it. */
  readonly version: number;
  readonly ackUntilMs: Map<string, number>;
  readonly refusedBy: Set<string>;
}

/** The rules that a test build may switch off, one at a time, to show that the checkers notice. Nothing in the product sets them. */
export interface HolderRules {
  readonly sendTime: boolean;
  readonly claimVersion: boolean;
  readonly noRevival: boolean;
  readonly voterClock: boolean;
  /** R11: epochs are above the wall clock, which outlives what everybody forgot. */
  readonly wallFloor: boolean;
  readonly continuity: boolean;
  /** What a new list leaves out is given up before any voter answers. */
  readonly givenUpAtOnce: boolean;
  /** R11: what another lease of this node had under a newer epoch is asked for again before it starts. */
  readonly newestStart: boolean;
  /** R3: a lease has the stop budget that its group has by now. */
  readonly amendedBudget: boolean;
}

/** All rules on. */
export const allHolderRules: HolderRules = {
  sendTime: true,
  claimVersion: true,
  noRevival: true,
  voterClock: true,
  wallFloor: true,
  continuity: true,
  givenUpAtOnce: true,
  newestStart: true,
  amendedBudget: true,
};

/** The holder's side of one node. Plain data, updated in place by the functions of this room. */
export interface HolderState {
  readonly node: string;
  readonly incarnation: string;
  /** The voter sets in force; a lease, and quorum, need a majority of each (R12). */
  sets: VoterSets;
  /** Everybody in {@link sets}. */
  voters: readonly string[];
  configuration: Configuration;
  /** Claims go above this epoch, besides what is known of their own (R12). */
  epochFloor: number;
  everyMs: number;
  leaseMs: number;
  drift: number;
  /** Voters silent for longer than this count as granting: only with `quorum.onLoss: ignore`; null otherwise. */
  ignoreSilenceMs: number | null;
  /**
   * The other one of two voters, where this node is one of them and can fence the other; null otherwise.
   *
   * Nobody is granted anything then without this node's own voter, but for the other one by way of this node's death. So what is owned here runs on while the other says nothing (R14).
   */
  rival: string | null;
  /** Whether the {@link rival} is certified to be dead and was not heard since: it counts as granting. */
  isRivalDead: boolean;
  /** The lives under which it was certified to be dead from here, none since being known; null otherwise. */
  rivalDeadAs: readonly string[] | null;
  /** Voters that were heard within this incarnation. */
  readonly met: Set<string>;
  readonly startedAtMs: number;
  seq: number;
  seqReserved: number;
  /** Acks of heartbeats up to this number count for nothing: they were sent before this node's clock was last distrusted (R1). */
  distrustedSeq: number;
  readonly table: VersionedTable<HeldEntry>;
  readonly held: Map<LeaseKey, Held>;
  readonly contacts: Map<string, VoterContact>;
  /** Sent heartbeats by seq, oldest first, at most limits.sentBeatsMax. */
  readonly sent: Map<number, { readonly atMs: number; readonly leaseMs: number; readonly tableVersion: number }>;
  /** By lease, those that this node asked under or was told of; by resource, those under which it was granted here. */
  readonly epochMax: KnownEpochs;
  readonly backOff: Map<LeaseKey, { readonly untilMs: number; readonly tries: number }>;
  nextBeatAtMs: number;
  lastBeatAtMs: number;
  /** Whether the heartbeat of a voter that this node goes along with was heard since its own last one. */
  isLed: boolean;
  /** Whether this node was told to leave and held nothing then: others may count on it that this incarnation takes nothing any more, so no later daemon goes on with it. */
  isOver: boolean;
  /** Something changed that must be kept before the next heartbeat leaves. */
  isUnsaved: boolean;
  /** Leases end later than what was kept of them says, and nothing else of them changed. */
  isRenewed: boolean;
  readonly random: RandomStream;
  readonly rules: HolderRules;
}

/** Why a lease is over. clock: a voter's clock shows that this one stood still. taken: a majority has promised it to others. fenced: others take this node for dead. */
export type LapseCause = 'no-majority' | 'clock' | 'taken' | 'fenced';

/** What a step of the holder brought about. */
export type HolderEvent =
  | { readonly kind: 'owned'; readonly key: LeaseKey; readonly epoch: number }
  | { readonly kind: 'lapsed'; readonly key: LeaseKey; readonly epoch: number; readonly why: LapseCause }
  | { readonly kind: 'claim-dropped'; readonly key: LeaseKey; readonly by: string };

/** A holder with nothing held. */
export function beginHolder(options: {
  readonly node: string;
  readonly incarnation: string;
  readonly voters: readonly string[];
  readonly everyMs: number;
  readonly leaseMs: number;
  readonly drift: number;
  readonly ignoreSilenceMs: number | null;
  readonly nowMs: number;
  readonly random: RandomStream;
  readonly rules?: HolderRules;
}): HolderState {
  return {
    node: options.node,
    incarnation: options.incarnation,
    sets: [options.voters],
    voters: options.voters,
    epochFloor: 0,
    configuration: configurationOf(options.voters),
    everyMs: options.everyMs,
    leaseMs: options.leaseMs,
    drift: options.drift,
    ignoreSilenceMs: options.ignoreSilenceMs,
    rival: null,
    isRivalDead: false,
    rivalDeadAs: null,
    met: new Set(),
    startedAtMs: options.nowMs,
    seq: 0,
    seqReserved: 0,
    distrustedSeq: 0,
    table: versionedTable(),
    held: new Map(),
    contacts: new Map(options.voters.map((voter) => [voter, newContact()])),
    sent: new Map(),
    epochMax: new Map(),
    backOff: new Map(),
    nextBeatAtMs: options.nowMs,
    lastBeatAtMs: Number.NEGATIVE_INFINITY,
    isLed: false,
    isOver: false,
    isUnsaved: true,
    isRenewed: false,
    random: options.random,
    rules: options.rules ?? allHolderRules,
  };
}

/** Whether a majority of the voters, of each set in force, acked a heartbeat of this node sent within the last lease. */
export function isQuorate(state: HolderState, nowMs: number): boolean {
  return haveMajority(state.sets, (voter) => {
    const contact = state.contacts.get(voter);
    return contact !== undefined && (contact.ackUntilMs > nowMs || countsAnyhow(state, voter, nowMs));
  });
}

/** Until when the acks at hand keep this node quorate; -Infinity when they do not. */
export function quorateUntilMs(state: HolderState, nowMs: number): number {
  return setsUntil(state.sets, (voter) => {
    const contact = state.contacts.get(voter);
    if (contact === undefined) return Number.NEGATIVE_INFINITY;
    return countsAnyhow(state, voter, nowMs) ? nowMs + state.leaseMs : contact.ackUntilMs;
  });
}

/**
 * Whether a voter counts as granting although it did not.
 *
 * R14: the other one of two that is dead. With `ignore`, one that was silent for as long as its promises could last: unsafe, and acknowledged as such, so not for what `needsFencing`.
 */
export function countsAnyhow(state: HolderState, voter: string, nowMs: number, held?: Held): boolean {
  if (state.isRivalDead && voter === state.rival) return true;
  const contact = state.contacts.get(voter);
  if (state.ignoreSilenceMs === null || contact === undefined || held?.needsFencing === true) return false;
  return nowMs - Math.max(contact.heardAtMs, state.startedAtMs) > state.ignoreSilenceMs;
}

/**
 * Asks for a lease: lists it as a claim, to be sent with the next heartbeat, which is due at once.
 *
 * Shape: `resources` are the exclusive resources, in any order; `promisedBudgetMs` is the stop budget itself where it is left out; `wallMs` is the floor of the epoch (R11).
 */
export function claim(
  state: HolderState,
  options: {
    readonly key: LeaseKey;
    readonly resources: readonly string[];
    readonly stopBudgetMs: number;
    readonly promisedBudgetMs?: number;
    readonly needsFencing?: boolean;
    readonly nowMs: number;
    readonly wallMs: number;
  },
): void {
  const { key, nowMs } = options;
  invariant(!state.held.has(key), `${key} is already listed`);
  const resources = [...options.resources].sort(compareIds);
  const epoch = takeEpoch(state, { key, resources, wallMs: options.wallMs });
  const held: Held = {
    key,
    epoch,
    state: 'claim',
    claimVersion: state.table.version + 1,
    resources,
    amendment: null,
    amendAtMs: Number.NEGATIVE_INFINITY,
    stopBudgetMs: options.stopBudgetMs,
    promisedBudgetMs: options.promisedBudgetMs ?? options.stopBudgetMs,
    needsFencing: options.needsFencing ?? false,
    ackUntilMs: new Map(),
    ackSeq: new Map(),
    doubted: new Map(),
    deniedBy: new Set(),
    claimedAtMs: nowMs,
    validUntilMs: Number.NEGATIVE_INFINITY,
    deadByMs: Number.NEGATIVE_INFINITY,
  };
  setEntry(state.table, key, entryOf(held));
  state.held.set(key, held);
  markChanged(state, nowMs);
}

/** R11, R12: an epoch above what is known of a lease and its resources, above what earlier voter sets may have granted, and no lower than the wall clock. */
export function takeEpoch(
  state: HolderState,
  options: { readonly key: LeaseKey; readonly resources: readonly string[]; readonly wallMs: number },
): number {
  const { key, resources, wallMs } = options;
  const known = newestEpoch(state.epochMax, key, resources);
  const epoch = Math.max(known + 1, state.epochFloor + 1, state.rules.wallFloor ? Math.floor(wallMs) : 0);
  state.epochMax.set(key, epoch);
  return epoch;
}

/** Whether this node had none of these resources under a newer epoch, by another of its leases (R11): under an older one nothing starts (S2). */
export function isNewest(state: HolderState, resources: readonly string[], epoch: number): boolean {
  return !state.rules.newestStart || epoch >= newestResourceEpoch(state.epochMax, resources);
}

/** Whether a claim may be made now: nothing listed under the key, back-off over, room for another claim, a majority at hand. */
export function mayClaim(state: HolderState, key: LeaseKey, nowMs: number): boolean {
  if (state.held.has(key) || !isQuorate(state, nowMs)) return false;
  if ((state.backOff.get(key)?.untilMs ?? Number.NEGATIVE_INFINITY) > nowMs) return false;
  let claims = 0;
  for (const held of state.held.values()) if (held.state === 'claim') claims += 1;
  return claims < limits.claimsMax;
}

/** A planned stop begins: the lease stays valid and renewed until everything has stopped (R9). */
export function beginStop(state: HolderState, key: LeaseKey, nowMs: number): void {
  const held = state.held.get(key);
  if (held?.state !== 'own') return;
  changeState(state, held, 'stop', nowMs);
}

/** A planned stop is called off before it was finished: the lease is still valid and is simply owned again. */
export function resumeOwning(state: HolderState, key: LeaseKey, nowMs: number): void {
  const held = state.held.get(key);
  if (held?.state !== 'stop') return;
  changeState(state, held, 'own', nowMs);
}

/**
 * Gives a lease or claim up; the release is said with the next heartbeat, due at once.
 *
 * To be called only when nothing of the group runs any more (R9), or for a claim, under which nothing ever ran.
 */
export function release(state: HolderState, key: LeaseKey, nowMs: number): void {
  if (!state.held.delete(key)) return;
  setEntry(state.table, key, null);
  markChanged(state, nowMs);
}

/** Whether every voter that answered within a lease, and did not refuse to, has the newest of this node's table, its releases above all. */
export function isSaidToAll(state: HolderState, nowMs: number): boolean {
  return [...state.contacts.values()].every(
    ({ heardAtMs, refusal, fullVersion }) =>
      nowMs - heardAtMs >= state.leaseMs || refusal !== null || fullVersion >= state.table.version,
  );
}

/** Drops a denied or unanswered claim at once; the next try waits a random time that grows with each (R15). */
export function dropClaim(
  state: HolderState,
  held: Held,
  options: { readonly by: string; readonly nowMs: number },
): HolderEvent {
  release(state, held.key, options.nowMs);
  const tries = Math.min((state.backOff.get(held.key)?.tries ?? 0) + 1, 4);
  const spreadMs = 2 * state.everyMs * 2 ** tries;
  state.backOff.set(held.key, { untilMs: options.nowMs + randomBetween(state.random, 0, spreadMs), tries });
  return { kind: 'claim-dropped', key: held.key, by: options.by };
}

/** The lease is over, now at the latest: everything of the group must be down by its deadline, and there is no way back (R8). */
export function lapse(
  state: HolderState,
  held: Held,
  options: { readonly nowMs: number; readonly why: LapseCause },
): HolderEvent {
  setValidity(held, Math.min(held.validUntilMs, options.nowMs));
  changeState(state, held, 'lapsed', options.nowMs);
  return { kind: 'lapsed', key: held.key, epoch: held.epoch, why: options.why };
}

/** Moves a lease to another state, to be said with the next heartbeat. */
export function changeState(state: HolderState, held: Held, to: LeaseState, nowMs: number): void {
  held.state = to;
  // A change of the list that the voters have not taken yet is given up; it is asked for again once the lease is owned.
  held.amendment = null;
  setEntry(state.table, held.key, entryOf(held));
  markChanged(state, nowMs);
}

/** A lease as the voters are told of it. */
export function entryOf(held: Held): HeldEntry {
  const { epoch, state, claimVersion, resources, promisedBudgetMs, needsFencing } = held;
  const entry = { epoch, state, claimVersion, resources, stopBudgetMs: promisedBudgetMs };
  return needsFencing ? { ...entry, needsFencing } : entry;
}

/** From now on promises for a lease that is owned or being stopped end by no time, or by time again: the voters are told. */
export function setNeedsFencing(state: HolderState, held: Held, needsFencing: boolean, nowMs: number): void {
  if (held.needsFencing === needsFencing) return;
  held.needsFencing = needsFencing;
  // What was acked before ends by time; the validity that it gave stays.
  if (needsFencing) held.ackUntilMs.clear();
  changeState(state, held, held.state, nowMs);
}

function markChanged(state: HolderState, nowMs: number): void {
  state.isUnsaved = true;
  state.nextBeatAtMs = Math.min(state.nextBeatAtMs, nowMs);
}

/** Sets the end of validity and with it the deadline by which all must be down. */
export function setValidity(held: Held, untilMs: number): void {
  held.validUntilMs = untilMs;
  held.deadByMs = untilMs + held.stopBudgetMs;
}
