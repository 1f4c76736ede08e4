/** Messages to try the wire with: one plain one of each kind, random ones by seed, and the largest that the limits allow. */
import { jsonSize } from '../../src/base/json-size.js';
import { nextRandom, pickRandom } from '../../src/base/random.js';
import type { RandomStream } from '../../src/base/random.js';
import { piecesSince, setEntry, versionedTable } from '../../src/base/versioned-table.js';
import { limits } from '../../src/model/limits.js';
import type { Ack, DigestEntry, HeldEntry, Heartbeat, Message } from '../../src/model/message.js';
import type { RecordValue } from '../../src/model/record.js';
import { lineHashesMax } from '../../src/model/voter-line.js';
import type { Offer, VoterLine } from '../../src/model/voter-line.js';

/** A random incarnation. */
export const INCARNATION = '0123456789abcdef0123456789abcdef';
/** The SHA-256 of nothing in particular. */
export const HASH = 'ab'.repeat(32);
/** The longest name, different for each number. */
export const longId = (n: number): string => `${'n'.repeat(limits.idLengthMax - 4)}${String(n).padStart(4, '0')}`;

const configuration = { phase: 0, hash: '0a1b2c3d' };
const WALL_MS = 1_790_000_000_000;

/** A heartbeat with this many leases, as a node of a small cluster sends it. */
export function plainHeartbeat(leases: number): Heartbeat {
  const entries = Array.from({ length: leases }, (_, i) => ({
    key: `web-${i}`,
    version: 10 + i,
    value: heldEntry({ epoch: WALL_MS + i, claimVersion: 7 + i, resources: [`vip-${i}`, `nginx-${i}`] }),
  }));
  return {
    kind: 'heartbeat',
    from: 'lb1',
    incarnation: INCARNATION,
    seq: 123_456,
    token: INCARNATION.slice(0, 16),
    configuration,
    leaseMs: 3000,
    tableVersion: 9 + leases,
    fingerprint: 'deadbeef',
    table: { from: 9, to: 9 + leases, entries },
    digest: [
      ['lb1', WALL_MS, 17],
      ['lb2', WALL_MS + 1, 4],
      ['wit', WALL_MS + 2, 0],
    ],
  };
}

/** A heartbeat with a lease that no time ends. */
function fencedHeartbeat(): Heartbeat {
  const value = heldEntry({ epoch: WALL_MS, resources: ['disk'], needsFencing: true });
  return { ...plainHeartbeat(0), table: { from: 8, to: 9, entries: [{ key: 'disk', version: 9, value }] } };
}

/** An ack that a heartbeat brings along, its numbers as large as they may be. */
export function ackAlong(from: string): Ack {
  const most = Number.MAX_SAFE_INTEGER;
  return {
    kind: 'ack',
    from,
    incarnation: INCARNATION,
    seq: most,
    fullVersion: most,
    denials: [],
    complete: true,
    clockMs: 86_400_000.123,
    configuration: { phase: most, hash: 'deadbeef' },
    digest: [],
    continuity: { memory: INCARNATION, breaks: most },
  };
}

function heldEntry(entry: Partial<HeldEntry>): HeldEntry {
  return { epoch: 1, state: 'own', claimVersion: 1, resources: [], stopBudgetMs: 2000, ...entry };
}

/** One plain message of each kind, gossip with every kind of record. */
export function plainMessages(): Message[] {
  const records: readonly RecordValue[] = [
    {
      kind: 'self',
      self: {
        incarnation: INCARNATION,
        leaving: false,
        over: false,
        quorate: true,
        revision: { generation: 3, hash: HASH, parent: null },
        leaseMsMax: 3000,
        stopBudgetMsMax: 60_000,
        software: '0.1.0',
        configuration,
        carried: 3,
        silent: true,
      },
    },
    { kind: 'seal', configuration, seal: { leaseMs: 3000, stopBudgetMs: 500, epochMax: WALL_MS } },
    { kind: 'heard', links: { lb2: [0, 1], wit: [] } },
    {
      kind: 'resource',
      resource: {
        resource: 'vip',
        node: 'lb1',
        state: 'failed',
        busy: true,
        failures: 2,
        banned: true,
        blocked: false,
        reason: 'Schlüssel „fehlt“ 🔑',
        backingOff: true,
        fence: true,
        drift: 'enabled at boot',
        startTookMs: 1300,
        stopTookMs: 90,
      },
    },
    { kind: 'lease', lease: { group: 'web', node: 'lb1', epoch: WALL_MS, state: 'stop' } },
    { kind: 'ping', ping: { ping: 'gateway', node: 'lb1', reachable: null } },
    {
      kind: 'fenced',
      certificate: { node: 'lb2', incarnation: INCARNATION, by: 'lb1', how: 'ipmi-lb2 and pdu', atWallMs: WALL_MS },
    },
  ];
  const entries = records.map((value, i) => ({ key: `${value.kind}:${i}`, version: i + 1, value }));
  const fencing: RecordValue = {
    kind: 'fencing',
    fencing: { node: 'lb2', hasFailed: true, text: 'pdu: no answer within 20s' },
  };
  const said = { node: 'lb2', name: '#health-cpu', isLasting: false, stamp: WALL_MS };
  const attributes: readonly RecordValue[] = [
    { kind: 'attribute', attribute: { ...said, value: 'grün', life: INCARNATION } },
    { kind: 'attribute', attribute: { ...said, node: null, value: null, isLasting: true, life: null } },
  ];
  const removed = { key: 'resource:gone', version: 7, value: null };
  return [
    plainHeartbeat(3),
    fencedHeartbeat(),
    { ...plainHeartbeat(0), token: '', digest: [] },
    { ...plainHeartbeat(0), ack: null },
    { ...plainHeartbeat(0), ack: ackAlong('lb1') },
    {
      kind: 'ack',
      from: 'lb2',
      incarnation: INCARNATION,
      seq: 7,
      fullVersion: 12,
      denials: [
        { key: 'web', epochMax: WALL_MS, by: 'lb3' },
        { key: 'db', epochMax: 5, by: '' },
        { key: 'disk', epochMax: 6, by: 'lb4', incarnation: INCARNATION },
      ],
      complete: true,
      clockMs: 86_400_123.456789,
      configuration,
      digest: [['lb2', WALL_MS, 3]],
      continuity: { memory: INCARNATION, breaks: 2 },
    },
    {
      kind: 'refusal',
      from: 'lb2',
      incarnation: INCARNATION,
      seq: 8,
      reason: 'quarantine',
      token: 'a1',
      waitMs: 1800.5,
      configuration,
    },
    { kind: 'free', from: 'lb2', key: 'web', epochMax: WALL_MS },
    {
      kind: 'gossip',
      from: 'lb1',
      digest: [],
      delta: { node: 'lb1', age: WALL_MS, piece: { from: 0, to: 7, entries: [...entries, removed] } },
    },
    {
      kind: 'gossip',
      from: 'lb1',
      digest: [],
      delta: {
        node: 'lb1',
        age: WALL_MS,
        piece: { from: 8, to: 9, entries: [{ key: 'fencing:lb2', version: 9, value: fencing }] },
      },
    },
    {
      kind: 'gossip',
      from: 'lb1',
      digest: [],
      delta: {
        node: 'lb1',
        age: WALL_MS,
        piece: { from: 9, to: 11, entries: attributes.map((value, i) => ({ key: `a${i}`, version: i + 10, value })) },
      },
    },
    { kind: 'gossip', from: 'lb1', digest: [['lb2', WALL_MS, 3]], delta: null },
    { kind: 'spec-request', from: 'lb1', hash: HASH, offset: 900 },
    {
      kind: 'spec-piece',
      from: 'lb1',
      hash: HASH,
      offset: 900,
      total: 20_000,
      text: 'nodes:\n  lb1: { "a": \\u }\n \ud83d',
    },
    { kind: 'line', from: 'lb1', line: lineOf(['lb1', 'lb2', 'wit'], ['lb1', 'lb2', 'lb3', 'lb4', 'wit']) },
    { kind: 'line', from: 'lb1', line: { ...lineOf(['lb1']), isFounded: false } },
    { kind: 'proposal', from: 'lb1', configuration, ballot: { round: 1, node: 'lb1' }, offer: null },
    { kind: 'proposal', from: 'lb1', configuration, ballot: { round: 2, node: 'lb1' }, offer: offerOf(['lb1', 'lb2']) },
    {
      kind: 'vote',
      from: 'lb2',
      configuration,
      ballot: { round: 2, node: 'lb1' },
      promised: { round: 3, node: 'lb3' },
      accepted: null,
    },
    {
      kind: 'vote',
      from: 'lb2',
      configuration,
      ballot: { round: 2, node: 'lb1' },
      promised: { round: 2, node: 'lb1' },
      accepted: { ballot: { round: 2, node: 'lb1' }, offer: offerOf(['lb1', 'lb2']) },
    },
  ];
}

function offerOf(voters: readonly string[]): Offer {
  return { voters, revision: { generation: 4, hash: HASH } };
}

function lineOf(...sets: readonly (readonly string[])[]): VoterLine {
  const { revision } = offerOf([]);
  return { number: 3, sets, hashes: ['0a1b2c3d', 'deadbeef'], isFounded: true, epochFloor: WALL_MS, revision };
}

/** The largest messages about a change of voters: seven voters before and after, every name as long as it may be. */
export function fullVoterMessages(): Message[] {
  const voters = (from: number) => Array.from({ length: limits.votersMax }, (_, i) => longId(from + i));
  const hashes = Array.from({ length: lineHashesMax }, () => 'deadbeef');
  const most = Number.MAX_SAFE_INTEGER;
  const revision = { generation: most, hash: HASH };
  const line = { number: most, sets: [voters(0), voters(10)], hashes, isFounded: true, epochFloor: most, revision };
  const ballot = { round: most, node: longId(0) };
  const offer = { voters: voters(0), revision };
  const head = { from: longId(0), configuration: { phase: most, hash: 'deadbeef' }, ballot } as const;
  return [
    { kind: 'line', from: longId(0), line },
    { kind: 'proposal', ...head, offer },
    { kind: 'vote', ...head, promised: ballot, accepted: { ballot, offer } },
  ];
}

/** A heartbeat with a full table piece and the longest digest, every name and number as long as it may be. */
export function fullHeartbeat(resourcesPerGroup: number): Heartbeat {
  const table = versionedTable<HeldEntry>();
  table.version = Number.MAX_SAFE_INTEGER - 1000;
  const resources = Array.from({ length: resourcesPerGroup }, (_, i) => longId(i));
  for (let i = 0; i < 50; i++) {
    const claim = { epoch: Number.MAX_SAFE_INTEGER, state: 'lapsed', claimVersion: table.version } as const;
    setEntry(table, longId(i), heldEntry({ ...claim, resources, stopBudgetMs: 86_400_000 }));
  }
  const [piece] = piecesSince(table, {
    from: Number.MAX_SAFE_INTEGER - 1000,
    size: jsonSize,
    sizeMax: limits.tablePieceBytesMax,
    piecesMax: 1,
  });
  return {
    ...plainHeartbeat(0),
    from: longId(0),
    seq: Number.MAX_SAFE_INTEGER,
    token: INCARNATION,
    leaseMs: 86_400_000,
    tableVersion: Number.MAX_SAFE_INTEGER,
    table: piece ?? { from: 0, to: 0, entries: [] },
    digest: longDigest(),
  };
}

/** As many entries as a digest may have, each as long as it may be. */
export function longDigest(): DigestEntry[] {
  return Array.from({ length: limits.digestEntriesMax }, (_, i) => [
    longId(i),
    Number.MAX_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
  ]);
}

/** A message of the plain ones with some numbers, names and list lengths changed. */
export function randomMessage(stream: RandomStream): Message {
  const heartbeat = plainHeartbeat(Math.floor(nextRandom(stream) * 6));
  const seq = Math.floor(nextRandom(stream) * 1e9);
  const message = pickRandom(stream, [...plainMessages(), heartbeat]) ?? heartbeat;
  return 'seq' in message ? { ...message, seq } : message;
}
