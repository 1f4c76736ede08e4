/** Messages from the arrays that {@link import('./wire-encode.js').encodeMessage} makes: every field's type and range is checked, arrays are bounded. */
import type { TablePiece, VersionedEntry } from '../base/versioned-table.js';
import type { LeaseState } from '../model/lease.js';
import { limits } from '../model/limits.js';
import type {
  Ack,
  Denial,
  Digest,
  DigestEntry,
  Gossip,
  HeldEntry,
  Heartbeat,
  Message,
  RecordDelta,
  Refusal,
} from '../model/message.js';
import type { RecordValue } from '../model/record.js';
import type { Configuration } from '../model/voter-line.js';
import { decodeLine, decodeProposal, decodeVote } from './wire-decode-line.js';
import { decodeRecordValue } from './wire-decode-record.js';
import { leaseStateLetters } from './wire-encode.js';
import {
  asCount,
  asFingerprint,
  asFlag,
  asId,
  asMs,
  asNonce,
  asRow,
  asSha256,
  asText,
  malformed,
} from './wire-fields.js';
import type { Row } from './wire-fields.js';

/** Characters of a record's key: a kind and an id. */
const RECORD_KEY_LENGTH_MAX = 32 + limits.idLengthMax;

/** Characters of a lease's key: a group, and later an instance and a role. */
const LEASE_KEY_LENGTH_MAX = limits.idLengthMax + 32;

const REFUSAL_REASONS: readonly unknown[] = ['token', 'quarantine', 'configuration', 'superseded'];

const LEASE_STATES: ReadonlyMap<unknown, LeaseState> = new Map([
  [leaseStateLetters.claim, 'claim'],
  [leaseStateLetters.own, 'own'],
  [leaseStateLetters.stop, 'stop'],
  [leaseStateLetters.lapsed, 'lapsed'],
]);

/**
 * The message in an array off the wire; null when its tag is not known here.
 *
 * Errors: throws a MalformedError when a field is not what it must be.
 */
export function decodeMessage(row: Row): Message | null {
  const [tag, from] = row;
  switch (tag) {
    case 'H':
      return decodeHeartbeat(row);
    case 'A':
      return decodeAck(row);
    case 'R':
      return decodeRefusal(row);
    case 'F':
      return { kind: 'free', from: asId(from), key: decodeLeaseKey(row[2]), epochMax: asCount(row[3]) };
    case 'G':
      return decodeGossip(row);
    case 'Q':
      return { kind: 'spec-request', from: asId(from), hash: asSha256(row[2]), offset: asCount(row[3]) };
    case 'P':
      return {
        kind: 'spec-piece',
        from: asId(from),
        hash: asSha256(row[2]),
        offset: asCount(row[3]),
        total: asCount(row[4]),
        text: asText(row[5], limits.datagramBytesMax),
      };
    case 'L':
      return decodeLine(row);
    case 'B':
      return decodeProposal(row);
    case 'T':
      return decodeVote(row);
    default:
      return typeof tag === 'string' ? null : malformed('tag');
  }
}

function decodeHeartbeat(row: Row): Heartbeat {
  const [
    ,
    from,
    incarnation,
    seq,
    token,
    phase,
    hash,
    leaseMs,
    tableVersion,
    fingerprint,
    pieceFrom,
    pieceTo,
    entries,
  ] = row;
  const table = decodePiece({ from: pieceFrom, to: pieceTo, entries, entry: decodeHeldEntry });
  if (table.to > asCount(tableVersion)) malformed('piece beyond its table');
  return {
    kind: 'heartbeat',
    from: asId(from),
    incarnation: asNonce(incarnation),
    seq: asCount(seq),
    token: token === '' ? '' : asNonce(token),
    configuration: decodeConfiguration(phase, hash),
    leaseMs: asCount(leaseMs, 1),
    tableVersion: asCount(tableVersion),
    fingerprint: asFingerprint(fingerprint),
    table,
    digest: decodeDigest(row[13]),
    ...(row[14] === undefined
      ? NOTHING
      : { ack: row[14] === null ? null : decodeAckAlong(asId(from), asRow(row[14])) }),
  };
}

const NOTHING = {};

/** The ack that a heartbeat brings along says nothing twice. */
function decodeAckAlong(from: string, row: Row): Ack {
  const [incarnation, seq, fullVersion, clockMs, phase, hash, memory, breaks] = row;
  return {
    kind: 'ack',
    from,
    incarnation: asNonce(incarnation),
    seq: asCount(seq),
    fullVersion: asCount(fullVersion),
    denials: [],
    complete: true,
    clockMs: asMs(clockMs),
    configuration: decodeConfiguration(phase, hash),
    digest: [],
    continuity: { memory: asNonce(memory), breaks: asCount(breaks) },
  };
}

function decodeAck(row: Row): Ack {
  const [, from, incarnation, seq, fullVersion, denials, complete, clockMs, phase, hash, digest, memory, breaks] = row;
  return {
    kind: 'ack',
    from: asId(from),
    incarnation: asNonce(incarnation),
    seq: asCount(seq),
    fullVersion: asCount(fullVersion),
    denials: asRow(denials, limits.denialsPerAckMax).map(decodeDenial),
    complete: asFlag(complete),
    clockMs: asMs(clockMs),
    configuration: decodeConfiguration(phase, hash),
    digest: decodeDigest(digest),
    continuity: { memory: asNonce(memory), breaks: asCount(breaks) },
  };
}

function decodeRefusal(row: Row): Refusal {
  const [, from, incarnation, seq, reason, token, waitMs, phase, hash] = row;
  return {
    kind: 'refusal',
    from: asId(from),
    incarnation: asNonce(incarnation),
    seq: asCount(seq),
    reason: decodeReason(reason),
    token: token === '' ? '' : asNonce(token),
    waitMs: asMs(waitMs),
    configuration: decodeConfiguration(phase, hash),
  };
}

function decodeReason(reason: unknown): Refusal['reason'] {
  return REFUSAL_REASONS.includes(reason) ? (reason as Refusal['reason']) : malformed('reason');
}

function decodeGossip(row: Row): Gossip {
  const [, from, digest, delta] = row;
  return {
    kind: 'gossip',
    from: asId(from),
    digest: decodeDigest(digest),
    delta: delta === null ? null : decodeDelta(asRow(delta)),
  };
}

function decodeDelta(row: Row): RecordDelta {
  const [node, age, from, to, entries] = row;
  const piece = decodePiece({ from, to, entries, entry: decodeRecordEntry });
  return { node: asId(node), age: asCount(age), piece };
}

function decodeConfiguration(phase: unknown, hash: unknown): Configuration {
  return { phase: asCount(phase), hash: asFingerprint(hash) };
}

function decodeDenial(value: unknown): Denial {
  const row = asRow(value);
  const [key, epochMax, by, incarnation] = row;
  const denial = { key: decodeLeaseKey(key), epochMax: asCount(epochMax), by: by === '' ? '' : asId(by) };
  return row.length < 4 ? denial : { ...denial, incarnation: asNonce(incarnation) };
}

/** Entries lie one after another: node, age, version, node, age, version. */
function decodeDigest(value: unknown): Digest {
  const row = asRow(value, 3 * limits.digestEntriesMax);
  if (row.length % 3 !== 0) malformed('digest');
  const digest: DigestEntry[] = [];
  for (let i = 0; i < row.length; i += 3) digest.push([asId(row[i]), asCount(row[i + 1]), asCount(row[i + 2])]);
  return digest;
}

function decodePiece<T>(options: {
  readonly from: unknown;
  readonly to: unknown;
  readonly entries: unknown;
  readonly entry: (row: Row) => VersionedEntry<T>;
}): TablePiece<T> {
  const from = asCount(options.from);
  const to = asCount(options.to, from);
  const entries = asRow(options.entries).map((row) => options.entry(asRow(row)));
  if (entries.some(({ version }) => version <= from || version > to)) malformed('version outside its piece');
  return { from, to, entries };
}

/** A state that only newer nodes know counts as held, so that nobody else is granted what may be in use. */
function decodeHeldEntry(row: Row): VersionedEntry<HeldEntry> {
  const [key, version, epoch, state, claimVersion, resources, stopBudgetMs, needsFencing] = row;
  const head = { key: decodeLeaseKey(key), version: asCount(version) };
  if (row.length === 2) return { ...head, value: null };
  const value: HeldEntry = {
    epoch: asCount(epoch),
    state: LEASE_STATES.get(asText(state, limits.idLengthMax)) ?? 'own',
    claimVersion: asCount(claimVersion),
    resources: asRow(resources).map((resource) => asId(resource)),
    stopBudgetMs: asCount(stopBudgetMs),
  };
  // What is not understood must not be promised for less than it asks, so anything but a plain no is a yes.
  const isPlain = row.length < 8 || needsFencing === 0;
  return { ...head, value: isPlain ? value : { ...value, needsFencing: true } };
}

function decodeRecordEntry(row: Row): VersionedEntry<RecordValue> {
  const [key, version, value] = row;
  const head = { key: asId(key, RECORD_KEY_LENGTH_MAX), version: asCount(version) };
  return { ...head, value: row.length === 2 ? null : decodeRecordValue(value) };
}

function decodeLeaseKey(value: unknown): string {
  return asId(value, LEASE_KEY_LENGTH_MAX);
}
