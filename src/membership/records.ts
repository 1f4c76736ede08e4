import { fingerprint } from '../base/fingerprint.js';
import { jsonSize } from '../base/json-size.js';
import { compareIds } from '../base/order.js';
import type { RandomStream } from '../base/random.js';
import { nextRandom, randomStream } from '../base/random.js';
import { isPlainEqual } from '../base/plain-equal.js';
import type { VersionedEntry, VersionedTable } from '../base/versioned-table.js';
import { applyPiece, piecesSince, setEntry, versionedTable } from '../base/versioned-table.js';
import { limits } from '../model/limits.js';
import type { Digest, DigestEntry, Gossip, RecordDelta } from '../model/message.js';
import type { RecordValue } from '../model/record.js';

/** One node's record as known here. Shape: `age` orders the lives of a record, the highest wins; 0 for one never heard. */
export interface NodeRecord {
  age: number;
  table: VersionedTable<RecordValue>;
}

/** The records of all nodes, as far as this one knows them. Plain data, updated in place. */
export interface RecordsState {
  readonly node: string;
  readonly records: Map<string, NodeRecord>;
  /** The other nodes in order of their ids, for digests: sorted once and not for each. */
  others: readonly string[];
  /** Per peer, what it last said it knows of this node's own record. */
  readonly known: Map<string, DigestEntry>;
  /** Where the next digest begins, for clusters whose digest takes turns: by chance, since turns in order can fall into step with the order in which peers are answered. */
  readonly turns: RandomStream;
  /** Counts every change of any record. */
  changes: number;
}

/** Records of a node that knows only itself; `age` is to be higher than in its earlier lives (wall time in milliseconds does). */
export function beginRecords(options: {
  readonly node: string;
  readonly age: number;
  readonly nodes: readonly string[];
}): RecordsState {
  const turns = randomStream(Number.parseInt(fingerprint(options.node), 16));
  const state: RecordsState = {
    node: options.node,
    records: new Map(),
    others: [],
    known: new Map(),
    turns,
    changes: 0,
  };
  setNodes(state, options.nodes);
  recordOf(state, options.node).age = options.age;
  return state;
}

/** Follows the spec's nodes: unknown ones get an empty record, removed ones are forgotten. */
export function setNodes(state: RecordsState, nodes: readonly string[]): void {
  const listed = new Set(nodes);
  for (const node of listed) {
    if (!state.records.has(node)) state.records.set(node, { age: 0, table: versionedTable() });
  }
  for (const node of state.records.keys()) {
    if (node !== state.node && !listed.has(node)) state.records.delete(node);
  }
  state.others = [...state.records.keys()].filter((node) => node !== state.node).sort(compareIds);
  state.changes += 1;
}

function recordOf(state: RecordsState, node: string): NodeRecord {
  const known = state.records.get(node);
  if (known !== undefined) return known;
  const record: NodeRecord = { age: 0, table: versionedTable() };
  state.records.set(node, record);
  return record;
}

/** Says something of this node, or takes it back with null. Returns whether it was news. */
export function publish(state: RecordsState, key: string, value: RecordValue | null): boolean {
  const { table } = recordOf(state, state.node);
  const before = table.entries.get(key)?.value ?? null;
  if (isPlainEqual(before, value)) return false;
  setEntry(table, key, value);
  state.changes += 1;
  return true;
}

/** What is known here, for a message: this node's own record first, then as many others as fit, taking turns. */
export function digest(state: RecordsState): Digest {
  const nodes = state.others;
  const count = Math.min(nodes.length, limits.digestEntriesMax - 1);
  const chosen = [state.node];
  const first = count === nodes.length ? 0 : Math.floor(nextRandom(state.turns) * nodes.length);
  for (let i = 0; i < count; i++) chosen.push(nodes[(first + i) % nodes.length] ?? state.node);
  return chosen.map((node) => digestEntry(state, node));
}

function digestEntry(state: RecordsState, node: string): DigestEntry {
  const record = recordOf(state, node);
  return [node, record.age, record.table.version];
}

/**
 * Answers a peer's digest: deltas of what it lacks, and this node's digest of what the peer knows better.
 *
 * Terminates: a delta is answered with nothing, a digest with deltas or with a digest of strictly older entries.
 */
export function answerDigest(state: RecordsState, from: string, theirs: Digest): Gossip[] {
  const behind: DigestEntry[] = [];
  const out: Gossip[] = [];
  for (const entry of theirs) {
    const [node, age, version] = entry;
    if (node === state.node) heedOwnAge(state, from, entry);
    if (!state.records.has(node)) continue;
    const record = recordOf(state, node);
    if (node !== state.node && (age > record.age || (age === record.age && version > record.table.version))) {
      behind.push(digestEntry(state, node));
    } else if (age < record.age || version < record.table.version) {
      const pieces = deltas(state, node, age === record.age ? version : 0);
      if (node === state.node) noteSent(state, from, pieces);
      out.push(...pieces);
    }
  }
  if (behind.length > 0) out.push({ kind: 'gossip', from: state.node, digest: behind, delta: null });
  return out;
}

/** Someone knows a later life of this node's record than the present one (its state was lost and the wall clock went back): begin a later one. */
function heedOwnAge(state: RecordsState, from: string, entry: DigestEntry): void {
  const own = recordOf(state, state.node);
  if (entry[1] > own.age || (entry[1] === own.age && entry[2] > own.table.version)) {
    own.age = entry[1] + 1;
    state.known.clear();
    state.changes += 1;
  } else {
    state.known.set(from, entry);
  }
}

const NOTHING: readonly Gossip[] = [];

function deltas(state: RecordsState, node: string, fromVersion: number): readonly Gossip[] {
  const record = recordOf(state, node);
  if (fromVersion >= record.table.version) return NOTHING;
  const pieces = piecesSince(record.table, {
    from: fromVersion,
    size: sizeOf,
    sizeMax: limits.gossipPieceBytesMax,
    piecesMax: limits.piecesPerBeatMax,
  });
  return pieces.map((piece) => ({
    kind: 'gossip',
    from: state.node,
    digest: [],
    delta: { node, age: record.age, piece },
  }));
}

/** How many bytes each entry takes: one is sent to every peer, and never changes. */
const sizes = new WeakMap<VersionedEntry<RecordValue>, number>();

function sizeOf(entry: VersionedEntry<RecordValue>): number {
  const known = sizes.get(entry);
  if (known !== undefined) return known;
  const size = jsonSize(entry);
  sizes.set(entry, size);
  return size;
}

/** What a peer lacks of this node's own record, to be pushed when something changed; nothing when it is known to have all. */
export function pushTo(state: RecordsState, peer: string): readonly Gossip[] {
  const own = recordOf(state, state.node);
  const known = state.known.get(peer);
  const from = known !== undefined && known[1] === own.age ? known[2] : 0;
  const pieces = deltas(state, state.node, from);
  noteSent(state, peer, pieces);
  return pieces;
}

/** What was sent counts as known until the peer's next digest says otherwise: a lost piece is sent again then. */
function noteSent(state: RecordsState, peer: string, pieces: readonly Gossip[]): void {
  const last = pieces.at(-1)?.delta;
  if (last !== null && last !== undefined) state.known.set(peer, [state.node, last.age, last.piece.to]);
}

/** Takes a delta in. Returns whether anything was news. */
export function receiveDelta(state: RecordsState, delta: RecordDelta): boolean {
  if (delta.node === state.node || !state.records.has(delta.node)) return false;
  const record = recordOf(state, delta.node);
  if (delta.age < record.age) return false;
  if (delta.age > record.age) {
    if (delta.piece.from !== 0) return false;
    record.age = delta.age;
    record.table = versionedTable();
  }
  const applied = applyPiece(record.table, delta.piece) ?? [];
  if (applied.length > 0) state.changes += 1;
  return applied.length > 0;
}

/** The living values of a node's record. */
export function valuesOf(state: RecordsState, node: string): RecordValue[] {
  const values: RecordValue[] = [];
  for (const entry of state.records.get(node)?.table.entries.values() ?? [])
    if (entry.value !== null) values.push(entry.value);
  return values;
}

/** One value of a node's record, null when it has none under that key. */
export function recordValue(state: RecordsState, node: string, key: string): RecordValue | null {
  return state.records.get(node)?.table.entries.get(key)?.value ?? null;
}
