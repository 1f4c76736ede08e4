/**
 * States that differ in nothing that can ever matter again are made equal, so that there are finitely many.
 *
 * Times are told from "now", which is always the same moment; what is over is over at this moment; the numbers of heartbeats are told from the newest. All of it is exact but for what rests on the
 * clocks of the voters (R1), which all run alike here and are not looked at.
 */
import { randomStream } from '../../src/base/random.js';
import { versionedTable } from '../../src/base/versioned-table.js';
import type { HeldEntry } from '../../src/model/message.js';
import type { Held, HolderState } from '../../src/ownership/holder.js';
import type { VoterState } from '../../src/ownership/voter-state.js';
import type { VoterContact } from '../../src/ownership/voter-contact.js';

/** The moment at which everything happens. */
export const NOW_MS = 1_000_000;
/** A step of time. */
export const TICK_MS = 1000;
/** The number of every holder's newest heartbeat. */
export const NEWEST_SEQ = 1000;

/** What there is between a holder and a voter that matters beside their own states. */
export interface Between {
  /** Whether the holder's next heartbeat brings its entry. */
  readonly isBehind: boolean;
  /** How many breaks the voter has counted, and how many the holder knows of: as few as compare alike. */
  readonly breaks: number;
  readonly breaksKnown: number;
}

/** Looks at a holder and a voter. */
export function between(holder: HolderState, voter: VoterState): Between {
  const contact = holder.contacts.get(voter.node);
  const breaks = voter.sessions.get(holder.node)?.breaks ?? 0;
  const known = contact?.continuity?.memory === voter.memory ? contact.continuity.breaks : 0;
  const isKnown = known >= breaks;
  return {
    // There is one entry, so a voter has it or lacks it, however long it has been lacking it.
    isBehind: [...holder.table.entries.values()].some(({ version }) => (contact?.fullVersion ?? 0) < version),
    breaks: Math.min(breaks, 1),
    breaksKnown: isKnown ? Math.min(breaks, 1) : 0,
  };
}

/** A holder after some time. Shape: `voters` in the order of its contacts. */
export function settleHolder(state: HolderState, passedMs: number, voters: readonly Between[]): HolderState {
  const newer = state.seq - NEWEST_SEQ;
  return {
    ...state,
    startedAtMs: NOW_MS,
    seq: NEWEST_SEQ,
    seqReserved: Number.POSITIVE_INFINITY,
    held: new Map([...state.held].map(([key, held]) => [key, settleHeld(held, passedMs, newer)])),
    contacts: new Map(
      [...state.contacts].map(([voter, contact], index) => [
        voter,
        settleContact({ state, contact, voter: voters[index], passedMs }),
      ]),
    ),
    // No message is under way.
    sent: new Map(),
    // Tries are not spread by chance here: every moment is tried.
    backOff: new Map(),
    nextBeatAtMs: Math.max(state.nextBeatAtMs - passedMs, NOW_MS),
    isUnsaved: false,
    random: randomStream(1),
  };
}

function settleHeld(held: Held, passedMs: number, newer: number): Held {
  const isClaim = held.state === 'claim';
  const firstDoubt = Math.min(...held.doubted.values());
  const isDown = held.deadByMs - passedMs <= NOW_MS;
  const validUntilMs = isDown ? NOW_MS - held.stopBudgetMs : held.validUntilMs - passedMs;
  return {
    ...held,
    claimedAtMs: isClaim ? held.claimedAtMs - passedMs : NOW_MS,
    validUntilMs: isClaim ? held.validUntilMs : validUntilMs,
    deadByMs: isClaim ? held.deadByMs : validUntilMs + held.stopBudgetMs,
    ackUntilMs: new Map(
      [...held.ackUntilMs]
        .filter(([, untilMs]) => held.state !== 'lapsed' && untilMs - passedMs > NOW_MS)
        .map(([voter, untilMs]) => [voter, untilMs - passedMs]),
    ),
    // They are compared only while a voter is doubted, by whether they came later.
    ackSeq: new Map([...held.ackSeq].filter(([, seq]) => seq > firstDoubt).map(([voter, seq]) => [voter, seq - newer])),
    doubted: new Map([...held.doubted].map(([voter, seq]) => [voter, seq - newer])),
  };
}

function settleContact(options: {
  readonly state: HolderState;
  readonly contact: VoterContact;
  readonly voter: Between | undefined;
  readonly passedMs: number;
}): VoterContact {
  const { state, contact, voter, passedMs } = options;
  const { continuity } = contact;
  return {
    ...contact,
    tokenAtMs: Math.max(contact.tokenAtMs - passedMs, NOW_MS - state.everyMs),
    fullVersion: voter?.isBehind === true ? 0 : state.table.version,
    continuity: continuity === null ? null : { ...continuity, breaks: voter?.breaksKnown ?? 0 },
    // Nobody asks here whether a node has a majority before it claims.
    ackUntilMs: NOW_MS,
    heardAtMs: NOW_MS,
    refusal: null,
    clock: null,
    trial: null,
  };
}

/** A voter after some time. */
export function settleVoter(state: VoterState, passedMs: number, holders: ReadonlyMap<string, Between>): VoterState {
  return {
    ...state,
    quarantineUntilMs: Math.max(state.quarantineUntilMs - passedMs, NOW_MS),
    sessions: new Map(
      [...state.sessions].map(([node, session]) => {
        const holder = holders.get(node);
        const settled = { ...session, lastSeq: NEWEST_SEQ, lastAck: null };
        if (holder === undefined) return [node, settled];
        // What it will be told before anything else matters is forgotten.
        const table = holder.isBehind ? versionedTable<HeldEntry>() : session.table;
        return [node, { ...settled, table, breaks: holder.breaks }];
      }),
    ),
    promises: new Map(
      [...state.promises].map(([key, promise]) => [
        key,
        // What was a claim only ends without a word to who waits.
        { ...promise, isOwned: true, untilMs: Math.max(promise.untilMs - passedMs, NOW_MS) },
      ]),
    ),
    // Who waits hears of it in order to be quicker, and every moment is tried.
    waiters: new Map(),
    isUnsaved: false,
    replays: 0,
  };
}
