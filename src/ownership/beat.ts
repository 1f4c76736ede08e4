import { fingerprint } from '../base/fingerprint.js';
import { jsonSize } from '../base/json-size.js';
import { compareIds } from '../base/order.js';
import type { TablePiece, VersionedTable } from '../base/versioned-table.js';
import { forgetTombstones, piecesSince } from '../base/versioned-table.js';
import { limits } from '../model/limits.js';
import type { Digest, HeldEntry, Heartbeat } from '../model/message.js';
import type { HolderState } from './holder.js';

/** Heartbeats whose numbers are set aside by one save, so that a restarted daemon never uses a number twice (R6). */
const SEQ_RESERVE = 1000;

/**
 * The heartbeats that are due now, for each voter those that bring it up to date: one, or several while it lacks more than fits a datagram.
 *
 * All heartbeats with one number carry one send time. The caller saves the state before it sends them (S4).
 */
export function beat(
  state: HolderState,
  options: { readonly nowMs: number; readonly digest: () => Digest },
): { readonly to: string; readonly heartbeat: Heartbeat }[] {
  forgetTombstones(state.table, Math.min(...[...state.contacts.values()].map((contact) => contact.fullVersion)));
  const pieces = new Map(state.voters.map((voter) => [voter, piecesFor(state, voter)]));
  const rounds = Math.max(...[...pieces.values()].map((list) => list.length));
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
        },
      });
    }
  }
  state.nextBeatAtMs = options.nowMs + state.everyMs;
  return out;
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
