import { setEntry } from '../base/versioned-table.js';
import { takeoverMs } from '../model/lease.js';
import type { HeldEntry } from '../model/message.js';
import type { Held, HolderState } from './holder.js';
import { entryOf } from './holder.js';
import type { LeasePromise } from './lease-promise.js';
import type { VoterState } from './voter-state.js';
import { noteEpoch } from './known-epochs.js';
import { newSession } from './voter-state.js';

/** A promise without its end by time. Shape: `needsFencing` is absent in what earlier versions kept. */
export type KeptPromise = Omit<LeasePromise, 'untilMs' | 'needsFencing'> & { readonly needsFencing?: boolean };

/**
 * What a voter keeps so that a restarted daemon of the same boot need not be silent (R7).
 *
 * It is written when what it promised changes, not at every renewal: how long a promise lasts is left out, and a restored voter takes each as renewed at the moment of the
 * restore, which is never earlier than the truth. Heartbeat numbers are left out too: a restored voter has a new token, which no older heartbeat bears.
 */
export interface VoterMemory {
  /** The name that {@link import('../model/message.js').Continuity} gives it. */
  readonly memory: string;
  readonly promises: readonly KeptPromise[];
  readonly sessions: readonly {
    readonly node: string;
    readonly incarnation: string;
    readonly breaks: number;
    readonly version: number;
    readonly entries: readonly (readonly [key: string, version: number, value: HeldEntry | null])[];
  }[];
  readonly retired: readonly (readonly [node: string, incarnations: readonly string[]])[];
  readonly epochMax: readonly (readonly [subject: string, epoch: number])[];
  /** Until when it must be silent, by this boot's clock: a memory that was begun in a quarantine makes up for no promise given before it. Null when it need not. */
  readonly silentUntilMs: number | null;
}

/** What a holder keeps so that a restarted daemon of the same boot continues its incarnation (R6). Shape: times are of this boot's clock. */
export interface HolderMemory {
  readonly incarnation: string;
  /** Every heartbeat number up to here may have been used. */
  readonly seqReserved: number;
  readonly tableVersion: number;
  readonly held: readonly {
    readonly key: string;
    /** Table version of the entry as the voters were told of it; null when they were told of a change that is not in force. */
    readonly version: number | null;
    readonly epoch: number;
    readonly state: Held['state'];
    readonly claimVersion: number;
    readonly resources: readonly string[];
    readonly stopBudgetMs: number;
    readonly promisedBudgetMs?: number;
    readonly needsFencing?: boolean;
    /** Voters whose acks do not count for it, each as in {@link Held.doubted}. */
    readonly doubted?: readonly (readonly [voter: string, seq: number])[];
    readonly validUntilMs: number | null;
  }[];
  readonly epochMax: readonly (readonly [key: string, epoch: number])[];
  /** Per voter, what it said last of its {@link import('../model/message.js').Continuity}. */
  readonly continuity: readonly (readonly [voter: string, memory: string, breaks: number])[];
  /** Whether no daemon goes on with it: it was told to leave and held nothing. */
  readonly isOver?: true;
  /** Voters that were heard within this incarnation. */
  readonly met?: readonly string[];
  /** The lives under which the other one of two voters was certified to be dead from here (R14). */
  readonly rivalDeadAs?: readonly string[];
}

/** The voter's memory as text. */
export function saveVoter(state: VoterState): string {
  const memory: VoterMemory = {
    memory: state.memory,
    promises: [...state.promises.values()].map(keptOf),
    sessions: [...state.sessions].map(([node, session]) => ({
      node,
      incarnation: session.incarnation,
      breaks: session.breaks,
      version: session.table.version,
      entries: [...session.table.entries.values()].map(({ key, version, value }) => [key, version, value] as const),
    })),
    retired: [...state.retired],
    epochMax: [...state.epochMax],
    silentUntilMs: Number.isFinite(state.quarantineUntilMs) ? state.quarantineUntilMs : null,
  };
  // Nobody compares these texts, and sorting the members of a thousand sessions would be most of what a save costs.
  return JSON.stringify(memory);
}

/** Fills a voter that has just begun with what an earlier one of the same boot kept. */
export function restoreVoter(state: VoterState, memory: VoterMemory, nowMs: number): void {
  state.memory = memory.memory;
  for (const kept of memory.promises) {
    const untilMs = nowMs + takeoverMs({ ...kept, drift: state.drift });
    state.promises.set(kept.key, { ...kept, untilMs, needsFencing: kept.needsFencing ?? false });
  }
  for (const kept of memory.sessions) {
    const entries = new Map(kept.entries.map(([key, version, value]) => [key, { key, version, value }]));
    const table = { version: kept.version, entries };
    state.sessions.set(kept.node, { ...newSession(kept.incarnation), breaks: kept.breaks, table });
  }
  for (const [node, incarnations] of memory.retired) state.retired.set(node, [...incarnations]);
  for (const [subject, epoch] of memory.epochMax) state.epochMax.set(subject, epoch);
}

/**
 * Promises that no time ends, to a voter that lost its memory with the boot: they are kept for good (R14).
 *
 * Shape: `promises` as {@link lastingPromises} gave them.
 */
export function restoreLasting(state: VoterState, promises: readonly KeptPromise[], nowMs: number): void {
  for (const kept of promises) {
    const untilMs = nowMs + takeoverMs({ ...kept, drift: state.drift });
    state.promises.set(kept.key, { ...kept, untilMs, needsFencing: true });
    state.sessions.set(kept.node, newSession(kept.incarnation));
    noteEpoch(state.epochMax, kept);
  }
}

/** The promises that no time ends. */
export function lastingPromises(state: VoterState): KeptPromise[] {
  const lasting: KeptPromise[] = [];
  for (const promise of state.promises.values()) if (promise.needsFencing) lasting.push(keptOf(promise));
  return lasting;
}

function keptOf({ untilMs: _, ...kept }: LeasePromise): KeptPromise {
  return kept;
}

/** The holder's memory as text. */
export function saveHolder(state: HolderState): string {
  const memory: HolderMemory = {
    incarnation: state.incarnation,
    seqReserved: state.seqReserved,
    tableVersion: state.table.version,
    held: [...state.held.values()].map((held) => ({
      key: held.key,
      version: held.amendment === null ? (state.table.entries.get(held.key)?.version ?? null) : null,
      epoch: held.epoch,
      state: held.state,
      claimVersion: held.claimVersion,
      resources: held.resources,
      stopBudgetMs: held.stopBudgetMs,
      ...(held.promisedBudgetMs === held.stopBudgetMs ? {} : { promisedBudgetMs: held.promisedBudgetMs }),
      ...(held.needsFencing ? { needsFencing: true } : {}),
      ...(held.doubted.size === 0 ? {} : { doubted: [...held.doubted] }),
      validUntilMs: Number.isFinite(held.validUntilMs) ? held.validUntilMs : null,
    })),
    epochMax: [...state.epochMax],
    continuity: [...state.contacts].flatMap(([voter, { continuity }]) =>
      continuity === null ? [] : [[voter, continuity.memory, continuity.breaks] as const],
    ),
    ...(state.isOver ? { isOver: true } : {}),
    ...(state.met.size === 0 ? {} : { met: [...state.met] }),
    ...(state.rivalDeadAs === null ? {} : { rivalDeadAs: state.rivalDeadAs }),
  };
  return JSON.stringify(memory);
}

/**
 * Fills a holder that has just begun, with the incarnation of the memory, with what an earlier daemon of the same boot kept.
 *
 * A claim that was under way is given up: nothing ever ran under it. A lease goes on with the validity it had; if that is over, the caller's first
 * {@link import('./expiry.js').expire} lets it lapse.
 */
export function restoreHolder(state: HolderState, memory: HolderMemory, nowMs: number): void {
  state.seq = memory.seqReserved;
  state.seqReserved = memory.seqReserved;
  state.table.version = memory.tableVersion;
  for (const [key, epoch] of memory.epochMax) state.epochMax.set(key, epoch);
  for (const [voter, name, breaks] of memory.continuity) {
    const contact = state.contacts.get(voter);
    if (contact !== undefined) contact.continuity = { memory: name, breaks };
  }
  for (const voter of memory.met ?? []) state.met.add(voter);
  state.rivalDeadAs = memory.rivalDeadAs ?? null;
  for (const kept of memory.held) {
    const { key, version, epoch, claimVersion, resources, stopBudgetMs } = kept;
    if (kept.validUntilMs === null) {
      setEntry(state.table, key, null);
      continue;
    }
    // A clock that counts fewer suspends than that of the earlier daemon must not make it last for as long as they were.
    const validUntilMs = Math.min(kept.validUntilMs, nowMs + state.leaseMs);
    const held: Held = {
      key,
      epoch,
      state: kept.state,
      claimVersion,
      resources,
      amendment: null,
      amendAtMs: Number.NEGATIVE_INFINITY,
      stopBudgetMs,
      promisedBudgetMs: kept.promisedBudgetMs ?? stopBudgetMs,
      needsFencing: kept.needsFencing ?? false,
      ackUntilMs: new Map(),
      ackSeq: new Map(),
      doubted: new Map(kept.doubted ?? []),
      deniedBy: new Set(),
      claimedAtMs: nowMs,
      validUntilMs,
      deadByMs: validUntilMs + stopBudgetMs,
    };
    state.held.set(key, held);
    // Under its old version, so that voters that have it need not be told again.
    if (version === null) setEntry(state.table, key, entryOf(held));
    else state.table.entries.set(key, { key, version, value: entryOf(held) });
  }
  state.isUnsaved = true;
}
