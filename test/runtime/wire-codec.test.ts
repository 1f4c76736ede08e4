import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jsonSize } from '../../src/base/json-size.js';
import { nextRandom, randomStream } from '../../src/base/random.js';
import { limits } from '../../src/model/limits.js';
import type { Message } from '../../src/model/message.js';
import { badFrameReasons, wireCodec } from '../../src/runtime/wire-codec.js';
import {
  ackAlong,
  fullHeartbeat,
  fullVoterMessages,
  longDigest,
  longId,
  plainHeartbeat,
  plainMessages,
  randomMessage,
} from './wire-specimens.js';

const key = Buffer.from('00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210', 'hex');
const otherKey = Buffer.from(key).reverse();
const codec = wireCodec({ cluster: 'edge', keys: [key] });

/** What decoding says: the word for a bad frame, the kind of a good one. */
function saidOf(frame: Uint8Array, decoder = codec): string {
  const decoded = decoder.decode(frame);
  return decoded.kind === 'bad' ? decoded.why : `message ${decoded.message.kind}`;
}

/** A frame made by hand, from the description of the format alone. */
function forge(options: {
  readonly body: string;
  readonly secret?: Buffer;
  readonly start?: readonly number[];
}): Buffer {
  const { body, secret = key, start = [0x46, 0x4c, 1, 1] } = options;
  const id = createHash('sha256').update('fairlead key id').update(secret).digest().subarray(0, 4);
  const bytes = Buffer.from(body);
  const head = Buffer.concat([Buffer.from(start), id, Buffer.from([bytes.length >> 8, bytes.length & 255])]);
  return Buffer.concat([head, createHmac('sha256', secret).update(head).update(bytes).digest(), bytes]);
}

describe('a frame', () => {
  it.each(plainMessages().map((message) => [message.kind, message] as const))(
    'brings a %s over unchanged',
    (_, message) => {
      expect(codec.decode(codec.encode(message))).toEqual({ kind: 'message', message });
    },
  );

  it('is as the format says, to the byte', () => {
    const free: Message = { kind: 'free', from: 'lb2', key: 'web', epochMax: 7 };
    expect(Buffer.from(codec.encode(free))).toEqual(forge({ body: '["edge","F","lb2","web",7]' }));
  });

  it('of a realistic heartbeat with five leases is far below the limit', () => {
    expect(codec.encode(plainHeartbeat(5)).length).toBeLessThan(600);
  });
});

describe('a key', () => {
  it('signs with the first and verifies with every one, so that keys can be changed without a gap', () => {
    const [message = plainHeartbeat(0)] = plainMessages();
    const before = wireCodec({ cluster: 'edge', keys: [key, otherKey] });
    const after = wireCodec({ cluster: 'edge', keys: [otherKey, key] });
    expect(saidOf(before.encode(message), after)).toBe('message heartbeat');
    expect(saidOf(after.encode(message), before)).toBe('message heartbeat');
    expect(saidOf(after.encode(message), codec)).toBe('unknown-key');
  });

  it('of fewer than 32 bytes, or none at all, stops the node', () => {
    expect(() => wireCodec({ cluster: 'edge', keys: [key.subarray(1)] })).toThrow('at least 32 bytes');
    expect(() => wireCodec({ cluster: 'edge', keys: [] })).toThrow('at least one key');
  });
});

describe('a bad frame is refused with its word', () => {
  const good = codec.encode(plainHeartbeat(2));
  const changed = (at: number, frame = good): Buffer => {
    const copy = Buffer.from(frame);
    copy[at] = (copy[at] ?? 0) ^ 0x10;
    return copy;
  };

  it.each([
    ['nothing at all', Buffer.alloc(0), 'truncated'],
    ['a frame without its end', good.subarray(0, good.length - 1), 'truncated'],
    ['only a head', good.subarray(0, 42), 'truncated'],
    ['a frame with something behind it', Buffer.concat([good, Buffer.from([0])]), 'oversized'],
    ['more than a datagram of ours', Buffer.alloc(limits.datagramBytesMax + 1), 'oversized'],
    ['another program', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'magic'],
    ['another format', changed(2), 'version'],
    ['another protocol', changed(3), 'version'],
    ['a key that is not ours', forge({ body: '["edge","F","a","b",1]', secret: otherKey }), 'unknown-key'],
    ['a changed code', changed(20), 'authentication'],
    ['a changed body', changed(100), 'authentication'],
    [
      'another cluster with the same key',
      wireCodec({ cluster: 'edge2', keys: [key] }).encode(plainHeartbeat(1)),
      'wrong-cluster',
    ],
    ['a kind of a newer node', forge({ body: '["edge","Z","lb1",1]' }), 'unknown-kind'],
    ['no JSON', forge({ body: '["edge","F"' }), 'malformed'],
    ['no array', forge({ body: '{"edge":"F"}' }), 'malformed'],
    ['a kind that is no text', forge({ body: '["edge",7,"lb1"]' }), 'malformed'],
    ['a missing field', forge({ body: '["edge","F","lb2","web"]' }), 'malformed'],
  ])('%s', (_, frame, word) => {
    expect(badFrameReasons).toContain(word);
    expect(saidOf(frame)).toBe(word);
  });

  it('takes a message that a newer node made longer', () => {
    expect(codec.decode(forge({ body: '["edge","F","lb2","web",7,"later",{"a":1}]' }))).toEqual({
      kind: 'message',
      message: { kind: 'free', from: 'lb2', key: 'web', epochMax: 7 },
    });
  });

  it('whatever happens to it on the way: 100,000 damaged or random frames, seed 1', () => {
    const stream = randomStream(1);
    const below = (n: number): number => Math.floor(nextRandom(stream) * n);
    const counters = new Map<string, number>();
    const frames = Array.from({ length: 200 }, () => codec.encode(randomMessage(stream)));
    for (let run = 0; run < 100_000; run++) {
      const frame = damage(frames[below(frames.length)] ?? good, below);
      const decoded = codec.decode(frame);
      if (decoded.kind !== 'bad') throw new Error(`run ${run} of seed 1 let pass ${frame.toString('hex')}`);
      counters.set(decoded.why, (counters.get(decoded.why) ?? 0) + 1);
    }
    const words = ['authentication', 'magic', 'oversized', 'truncated', 'unknown-key', 'version'];
    expect([...counters.keys()].sort()).toEqual(words);
  });
});

/** A frame with a bit changed, without its end, with more behind it, or random bytes behind a true beginning. */
function damage(frame: Uint8Array, below: (n: number) => number): Buffer {
  const copy = Buffer.from(frame);
  switch (below(4)) {
    case 0: {
      const at = below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
      return copy;
    }
    case 1:
      return copy.subarray(0, below(copy.length));
    case 2:
      return Buffer.concat([copy, Buffer.alloc(1 + below(1500), below(256))]);
    default: {
      const kept = below(12);
      return Buffer.from(copy.map((byte, index) => (index < kept ? byte : below(256))));
    }
  }
}

describe('what the limits allow fits a datagram', () => {
  const decoded = (message: Message): Message => {
    const frame = codecOfLongName.encode(message);
    expect(frame.length).toBeLessThanOrEqual(limits.datagramBytesMax);
    const result = codecOfLongName.decode(frame);
    if (result.kind === 'bad') throw new Error(result.why);
    return result.message;
  };
  const codecOfLongName = wireCodec({ cluster: longId(1), keys: [key] });

  it('R12 carries whole the largest messages about a change of voters', () => {
    for (const message of fullVoterMessages()) {
      const frame = codecOfLongName.encode(message);
      expect(frame.length).toBeLessThanOrEqual(limits.datagramBytesMax);
      expect(codecOfLongName.decode(frame)).toEqual({ kind: 'message', message });
    }
  });

  it('a heartbeat with the longest digest and an ack, every name of 63 characters, keeps all of it', () => {
    const message = { ...fullHeartbeat(1), table: { from: 5, to: 5, entries: [] } };
    expect(decoded({ ...message, ack: ackAlong(message.from) })).toEqual({ ...message, ack: ackAlong(message.from) });
    expect(decoded(message)).toEqual(message);
  });

  it.each([1, 3, 6, 9])('a heartbeat with a full table piece, groups of %i resources, keeps the table', (resources) => {
    const message = fullHeartbeat(resources);
    const { digest, ...rest } = decoded(message) as typeof message;
    expect(rest).toEqual((({ digest: _, ...others }) => others)(message));
    expect(message.digest.slice(0, digest.length)).toEqual(digest);
  });

  it('an ack with more denials than fit says that it is not complete', () => {
    const denial = (n: number) => ({ key: longId(n), epochMax: Number.MAX_SAFE_INTEGER, by: longId(n + 100) });
    const denials = Array.from({ length: limits.denialsPerAckMax }, (_, n) => denial(n));
    const message: Message = {
      kind: 'ack',
      from: longId(1),
      incarnation: '0123456789abcdef0123456789abcdef',
      seq: Number.MAX_SAFE_INTEGER,
      fullVersion: Number.MAX_SAFE_INTEGER,
      denials,
      complete: true,
      clockMs: 123_456_789.123456,
      configuration: { phase: 0, hash: 'deadbeef' },
      digest: longDigest(),
      continuity: { memory: '0123456789abcdef0123456789abcdef', breaks: Number.MAX_SAFE_INTEGER },
    };
    const result = decoded(message) as typeof message;
    expect(result.complete).toBe(false);
    expect(result.denials.length).toBeGreaterThanOrEqual(5);
    expect(decoded({ ...message, denials: denials.slice(0, 4) })).toMatchObject({ complete: true });
  });

  it.each(['"'.repeat(200), '\u0001'.repeat(200), '🔑'.repeat(100), 'ü'.repeat(200)])(
    'a failure with the reason %j',
    (reason) => {
      const resource = {
        resource: longId(1),
        node: longId(2),
        state: 'stopping',
        busy: false,
        failures: 9999,
        banned: false,
        blocked: false,
      } as const;
      const value = { kind: 'resource', resource: { ...resource, reason } } as const;
      const most = Number.MAX_SAFE_INTEGER;
      const piece = { from: most - 1, to: most, entries: [{ key: `resource:${longId(1)}`, version: most, value }] };
      const result = decoded({
        kind: 'gossip',
        from: longId(3),
        digest: longDigest(),
        delta: { node: longId(2), age: most, piece },
      });
      expect(JSON.stringify(result)).toContain(JSON.stringify(reason).slice(1, 60));
    },
  );

  it('an entry as large as one may be, in a heartbeat and in a record', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const grown = <T>(make: (text: string) => T): T => {
      const room = limits.entryBytesMax - jsonSize(make(''));
      return make('r'.repeat(room));
    };
    const held = grown((text) => {
      const resources = ['', ...(text.match(/.{1,60}/g) ?? [])];
      const value = { epoch: most, state: 'lapsed', claimVersion: most, resources, stopBudgetMs: most } as const;
      return { key: longId(1), version: most, value };
    });
    const resources = held.value.resources.slice(1);
    const table = { from: most - 1, to: most, entries: [{ ...held, value: { ...held.value, resources } }] };
    expect(jsonSize(table.entries[0])).toBeGreaterThan(limits.entryBytesMax);
    decoded({ ...fullHeartbeat(1), table });
    const record = grown((text) => ({
      key: `heard:${longId(1)}`,
      version: most,
      value: { kind: 'heard', links: { [text]: [] } } as const,
    }));
    const piece = { from: most - 1, to: most, entries: [record] };
    codecOfLongName.encode({
      kind: 'gossip',
      from: longId(1),
      digest: [],
      delta: { node: longId(2), age: most, piece },
    });
  });

  it('a piece of a spec of nothing but line ends', () => {
    const text = '\n'.repeat(limits.specPieceBytesMax / 2);
    decoded({
      kind: 'spec-piece',
      from: longId(1),
      hash: 'ab'.repeat(32),
      offset: 16_000_000,
      total: 16_777_216,
      text,
    });
  });

  it('and what does not stops the node', () => {
    const entry = {
      epoch: 1,
      state: 'own',
      claimVersion: 1,
      resources: Array.from({ length: 30 }, (_, n) => longId(n)),
      stopBudgetMs: 1,
    } as const;
    const table = { from: 0, to: 1, entries: [{ key: 'web', version: 1, value: entry }] };
    expect(() => codec.encode({ ...plainHeartbeat(0), tableVersion: 1, table })).toThrow('fits no datagram');
  });
});
