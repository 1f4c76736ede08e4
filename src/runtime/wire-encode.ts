/**
 * Messages as compact JSON arrays: a tag, then the fields in a fixed order.
 *
 * Fields are only ever added at the end of an array, and a decoder ignores what comes after the fields it knows. Values of node records stay objects, since nodes
 * that do not know a kind or a member pass it on.
 */
import { unreachable } from '../base/invariant.js';
import { jsonSize } from '../base/json-size.js';
import type { VersionedEntry } from '../base/versioned-table.js';
import type { LeaseState } from '../model/lease.js';
import type { Ack, Denial, Digest, HeldEntry, Message, RecordDelta } from '../model/message.js';
import type { RecordValue } from '../model/record.js';
import type { Ballot, Offer } from '../model/voter-line.js';

/** The letter of each state of a lease. */
export const leaseStateLetters: Readonly<Record<LeaseState, string>> = { claim: 'c', own: 'o', stop: 's', lapsed: 'l' };

/** Bytes of JSON that a failure's reason may take: control characters and foreign letters take up to six each. */
const REASON_BYTES_MAX = 500;

/** A message as the array that goes into a frame's body, after the cluster's name. */
export function encodeMessage(message: Message): unknown[] {
  switch (message.kind) {
    case 'heartbeat': {
      const { from, incarnation, seq, token, configuration, leaseMs, tableVersion, fingerprint, table } = message;
      const { phase, hash } = configuration;
      const entries = table.entries.map(encodeHeldEntry);
      const head = ['H', from, incarnation, seq, token, phase, hash, leaseMs, tableVersion, fingerprint];
      const row = [...head, table.from, table.to, entries, encodeDigest(message.digest)];
      return message.ack === undefined ? row : [...row, message.ack === null ? null : encodeAckAlong(message.ack)];
    }
    case 'ack': {
      const { from, incarnation, seq, fullVersion, complete, clockMs, configuration, continuity } = message;
      const { phase, hash } = configuration;
      const denials = message.denials.map(encodeDenial);
      const head = ['A', from, incarnation, seq, fullVersion, denials, complete ? 1 : 0, clockMs, phase, hash];
      return [...head, encodeDigest(message.digest), continuity.memory, continuity.breaks];
    }
    case 'refusal': {
      const { from, incarnation, seq, reason, token, waitMs, configuration } = message;
      return ['R', from, incarnation, seq, reason, token, waitMs, configuration.phase, configuration.hash];
    }
    case 'free':
      return ['F', message.from, message.key, message.epochMax];
    case 'gossip':
      return [
        'G',
        message.from,
        encodeDigest(message.digest),
        message.delta === null ? null : encodeDelta(message.delta),
      ];
    case 'spec-request':
      return ['Q', message.from, message.hash, message.offset];
    case 'spec-piece':
      return ['P', message.from, message.hash, message.offset, message.total, message.text];
    case 'line': {
      const { number, sets, hashes, isFounded, epochFloor, revision } = message.line;
      const head = ['L', message.from, number, sets, hashes, isFounded ? 1 : 0, epochFloor];
      return [...head, revision.generation, revision.hash];
    }
    case 'proposal': {
      const { from, configuration, ballot, offer } = message;
      return ['B', from, configuration.phase, configuration.hash, encodeBallot(ballot), encodeOffer(offer)];
    }
    case 'vote': {
      const { from, configuration, ballot, promised, accepted } = message;
      const head = ['T', from, configuration.phase, configuration.hash, encodeBallot(ballot), encodeBallot(promised)];
      return accepted === null ? head : [...head, encodeBallot(accepted.ballot), encodeOffer(accepted.offer)];
    }
    default:
      return unreachable(message);
  }
}

/** An ack without what its heartbeat says already, and without denials, of which it has none. */
function encodeAckAlong({ incarnation, seq, fullVersion, clockMs, configuration, continuity }: Ack): unknown[] {
  const { phase, hash } = configuration;
  return [incarnation, seq, fullVersion, clockMs, phase, hash, continuity.memory, continuity.breaks];
}

function encodeBallot({ round, node }: Ballot): unknown[] {
  return [round, node];
}

function encodeOffer(offer: Offer | null): unknown[] | null {
  return offer === null ? null : [offer.voters, offer.revision.generation, offer.revision.hash];
}

/** The entries of a digest one after another, without a bracket around each. */
function encodeDigest(digest: Digest): unknown[] {
  const row: unknown[] = [];
  // Every message has one: `flat` takes several times as long.
  for (const [node, age, version] of digest) row.push(node, age, version);
  return row;
}

function encodeHeldEntry({ key, version, value }: VersionedEntry<HeldEntry>): unknown[] {
  if (value === null) return [key, version];
  const { epoch, state, claimVersion, resources, stopBudgetMs } = value;
  const entry = [key, version, epoch, leaseStateLetters[state], claimVersion, resources, stopBudgetMs];
  return value.needsFencing === true ? [...entry, 1] : entry;
}

function encodeDenial({ key, epochMax, by, incarnation }: Denial): unknown[] {
  return incarnation === undefined ? [key, epochMax, by] : [key, epochMax, by, incarnation];
}

function encodeDelta({ node, age, piece }: RecordDelta): unknown[] {
  const entries = piece.entries.map(({ key, version, value }) =>
    value === null ? [key, version] : [key, version, encodeRecordValue(value)],
  );
  return [node, age, piece.from, piece.to, entries];
}

function encodeRecordValue(value: RecordValue): RecordValue {
  if (value.kind !== 'resource' || value.resource.reason === undefined) return value;
  const reason = clipReason(value.resource.reason);
  return reason === value.resource.reason ? value : { ...value, resource: { ...value.resource, reason } };
}

/** A failure's reason is what an agent wrote: clipped, so that no output of an agent can make a record that fits no frame. */
function clipReason(reason: string): string {
  let clipped = reason;
  while (jsonSize(clipped) > REASON_BYTES_MAX) clipped = clipped.slice(0, Math.floor(clipped.length * 0.8));
  return clipped;
}
