import { fingerprint } from '../base/fingerprint.js';
import { jsonSize } from '../base/json-size.js';
import { compareIds } from '../base/order.js';
import type { TablePiece, VersionedTable } from '../base/versioned-table.js';
import { forgetTombstones, piecesSince } from '../base/versioned-table.js';
import { limits } from '../model/limits.js';
import type { Ack, Digest, HeldEntry, Heartbeat } from '../model/message.js';
import type { HolderState } from './holder.js';

/** Heartbeats whose numbers are set aside by one save, so that a restarted daemon never uses a number twice (R6). */
const SEQ_RESERVE = 1000;

/**
 * The heartbeats that are due now, for each voter those that bring it up to date: one, or several while it lacks more than fits a datagram.
 *
 * All heartbeats with one number carry one send time. The caller saves the state before it sends them (S4). Shape: `ackFor` gives the ack that this node owes a voter as a voter itself, and is asked once for each; a heartbeat
 * that says something of the table has no room for it. Without it the heartbeats say that their sender reads no acks there either.
 */
export function beat(
  state: HolderState,
  options: { readonly nowMs: number; readonly digest: () => Digest; readonly ackFor?: (voter: string) => Ack | null },
): { readonly to: string; readonly heartbeat: Heartbeat }[] {
  forgetTombstones(state.table, Math.min(...[...state.contacts.values()].map((contact) => contact.fullVersion)));
  const pieces = new Map(state.voters.map((voter) => [voter, piecesFor(state, voter)]));
  const rounds = Math.max(...[...pieces.values()].map((list) => list.length));
  const { ackFor } = options;
  const tableVersion = state.table.version;
  const tablePrint = tableFingerprint(state.table);
  const out: { to: string; heartbeat: Heartbeat }[] = [];
  for (let round = 0; round < rounds; round++) {
    const seq = nextSeq(state, options.nowMs);
    for (const [voter, list] of pieces) {
      const table = list[round];
      if (table === undefined) continue;
      out.push({
        to: voter,
        heartbeat: {
          kind: 'heartbeat',
          from: state.node,
          incarnation: state.incarnation,
          seq,
          token: state.contacts.get(voter)?.token ?? '',
          configuration: state.configuration,
          leaseMs: state.leaseMs,
          tableVersion,
          fingerprint: tablePrint,
          table,
          digest: options.digest(),
          ...(ackFor !== undefined && isPatient(state, voter, options.nowMs)
            ? { ack: table.entries.length === 0 ? ackFor(voter) : null }
            : NO_ACKS),
        },
      });
    }
  }
  state.lastBeatAtMs = options.nowMs;
  state.nextBeatAtMs = options.nowMs + (state.isLed ? WAIT_FOR_LEADER : 1) * state.everyMs;
  state.isLed = false;
  return out;
}

const NO_ACKS = {};

/** Whether acks of this voter may come along with heartbeats: while its newest one is good for another half of the lease. When one was lost, or none came yet, the next is wanted at once. */
function isPatient(state: HolderState, voter: string, nowMs: number): boolean {
  const contact = state.contacts.get(voter);
  return contact !== undefined && contact.ackUntilMs - nowMs > state.leaseMs / 2;
}

function piecesFor(state: HolderState, voter: string): TablePiece<HeldEntry>[] {
  const from = state.contacts.get(voter)?.fullVersion ?? 0;
  const pieces = piecesSince(state.table, {
    from,
    size: jsonSize,
    sizeMax: limits.tablePieceBytesMax,
    piecesMax: limits.piecesPerBeatMax,
  });
  const { version } = state.table;
  return pieces.length > 0 ? pieces : [{ from: version, to: version, entries: [] }];
}

/** Fingerprint of the whole table, as voters compute it of what they recorded. */
export function tableFingerprint(table: VersionedTable<HeldEntry>): string {
  const lines: string[] = [];
  for (const { key, value } of table.entries.values()) {
    if (value !== null)
      lines.push(
        `${key} ${value.epoch} ${value.claimVersion} ${value.state} ${value.resources.join(' ')}${value.needsFencing === true ? ' /fencing' : ''}`,
      );
  }
  return fingerprint(lines.sort(compareIds).join('\n'));
}

/** How long, in intervals, a node waits for the heartbeat that it goes along with. Ours: so that what is a little late on the way does not make it beat by itself; three in a row take less than four intervals. */
const WAIT_FOR_LEADER = 1.125;

/** By how much of an interval a heartbeat is brought forward, each time, until it goes along. Ours: more than the wait, so that who waits sends at once; in step after six heartbeats at most. */
const STEP_FORWARD = 0.1875;

/** What a heartbeat comes too late for, in intervals: it is the one that this node has just waited for. */
const JUST_BEAT = 0.0625;

/**
 * A voter that this node goes along with has sent its heartbeat: this node's own is sent now if it is due soon, and otherwise brought nearer.
 *
 * So nodes that vote come to send at one time. Each then wakes once for what all say, and an ack finds a heartbeat to go with. Nothing depends on it.
 */
export function goAlong(state: HolderState, nowMs: number): void {
  const { lastBeatAtMs, everyMs } = state;
  if (nowMs - lastBeatAtMs > JUST_BEAT * everyMs) {
    state.nextBeatAtMs = Math.max(nowMs, state.nextBeatAtMs - STEP_FORWARD * everyMs);
    state.isLed = state.nextBeatAtMs <= nowMs;
  } else if (state.nextBeatAtMs === lastBeatAtMs + everyMs)
    state.nextBeatAtMs = lastBeatAtMs + WAIT_FOR_LEADER * everyMs;
}

/** The next number for a heartbeat; its send time is remembered for its acks (R2: taken before anything is built or sent). */
function nextSeq(state: HolderState, nowMs: number): number {
  state.seq += 1;
  if (state.seq >= state.seqReserved) {
    state.seqReserved = state.seq + SEQ_RESERVE;
    state.isUnsaved = true;
  }
  state.sent.set(state.seq, { atMs: nowMs, leaseMs: state.leaseMs, tableVersion: state.table.version });
  if (state.sent.size > limits.sentBeatsMax) {
    for (const oldest of state.sent.keys()) {
      state.sent.delete(oldest);
      break;
    }
  }
  return state.seq;
}
