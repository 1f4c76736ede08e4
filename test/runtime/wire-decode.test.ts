import { describe, expect, it } from 'vitest';
import { nextRandom, pickRandom, randomStream } from '../../src/base/random.js';
import { limits } from '../../src/model/limits.js';
import { decodeMessage } from '../../src/runtime/wire-decode.js';
import { encodeMessage } from '../../src/runtime/wire-encode.js';
import { MalformedError } from '../../src/runtime/wire-fields.js';
import { HASH, longId, plainHeartbeat, plainMessages, randomMessage } from './wire-specimens.js';

/** The array of a message as it comes off the wire. */
function rowOf(message: Parameters<typeof encodeMessage>[0]): unknown[] {
  return JSON.parse(JSON.stringify(encodeMessage(message)));
}

/** The array of a heartbeat with one field replaced. */
function heartbeatWith(at: number, value: unknown): unknown[] {
  return rowOf(plainHeartbeat(1)).with(at, value);
}

const stopped = {
  resource: 'a',
  node: 'b',
  state: 'stopped',
  busy: false,
  failures: 0,
  banned: false,
  blocked: false,
};

/** A delta with one entry under the key `x`. */
function deltaWith(value: unknown): unknown[] {
  return ['G', 'lb1', [], ['lb1', 1, 0, 1, [['x', 1, value]]]];
}

describe('a decoder', () => {
  const lease: unknown[] = ['web', 10, 1, 'o', 1, ['vip'], 2000];
  it.each([
    ['a name that is no text', 1, 7],
    ['an empty name', 1, ''],
    ['a name with a quote', 1, 'lb"1'],
    ['a name that is too long', 1, `${longId(1)}x`],
    ['an incarnation with a space', 2, 'a b'],
    ['a number below zero', 3, -1],
    ['a number with a fraction', 3, 1.5],
    ['a number beyond what is exact', 3, 2 ** 53],
    ['a lease of no time', 7, 0],
    ['a piece that goes beyond its table', 8, 9],
    ['a fingerprint that is none', 9, 'xyz'],
    ['a piece that ends before it begins', 10, 11],
    ['an entry outside its piece', 12, [lease.with(1, 9)]],
    ['an entry that is no list', 12, ['web']],
    ['an entry without resources', 12, [lease.slice(0, 5)]],
    ['a resource that is no name', 12, [lease.with(5, [null])]],
    ['a digest out of step', 13, ['lb1', 1]],
    ['a digest that is too long', 13, Array.from({ length: 27 }, () => 1)],
  ])('refuses %s', (_, at, value) => {
    expect(() => decodeMessage(heartbeatWith(at, value))).toThrow(MalformedError);
  });

  it('refuses an answer whose reason it does not know', () => {
    expect(() => decodeMessage(['R', 'lb1', 'a', 1, 'whim', '', 0, 0, 'ff'])).toThrow(MalformedError);
  });

  it('takes a state of a lease that only newer nodes know for held', () => {
    expect(decodeMessage(heartbeatWith(12, [lease.with(3, 'x')]))).toMatchObject({
      table: { entries: [{ key: 'web', value: { state: 'own' } }] },
    });
  });

  it('takes entries that a newer node made longer', () => {
    expect(decodeMessage(heartbeatWith(12, [[...lease, 'later']]))).toMatchObject({
      table: { entries: [{ value: { resources: ['vip'] } }] },
    });
  });

  it('R14 takes a promise for one that needs fencing unless it plainly does not', () => {
    const needsFencing = (row: unknown[]) =>
      JSON.stringify(decodeMessage(heartbeatWith(12, [row]))).includes('needsFencing');
    expect([lease, [...lease, 0], [...lease, 1], [...lease, 'more']].map(needsFencing)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('keeps records of a kind, and members, that only newer nodes know', () => {
    const later = { kind: 'capacity', cpus: 8, of: { any: ['shape'] } };
    expect(decodeMessage(deltaWith(later))).toMatchObject({ delta: { piece: { entries: [{ value: later }] } } });
    const more = { kind: 'ping', ping: { ping: 'gw', node: 'a', reachable: 1, since: 5 }, weight: 2 };
    expect(decodeMessage(deltaWith(more))).toMatchObject({ delta: { piece: { entries: [{ value: more }] } } });
  });

  it('S7 takes a state of a resource that only newer nodes know for unknown', () => {
    const resource = { ...stopped, state: 'promoted' };
    expect(decodeMessage(deltaWith({ kind: 'resource', resource }))).toMatchObject({
      delta: { piece: { entries: [{ value: { resource: { state: 'unknown' } } }] } },
    });
  });

  it.each([
    [{ kind: 'self', self: { incarnation: 'a', leaving: false, quorate: true } }],
    [{ kind: 'self', self: null }],
    [{ kind: 'resource', resource: { ...stopped, drift: true } }],
    [{ kind: 'resource', resource: { ...stopped, drift: 'd'.repeat(limits.driftLengthMax + 1) } }],
    [{ kind: 'heard', links: { lb2: [8] } }],
    [{ kind: 'heard', links: [] }],
    [{ kind: 'resource', resource: { resource: 'a', node: 'b', state: 'running', busy: 'no' } }],
    [{ kind: 'lease', lease: { group: 'a', node: 'b', epoch: '7', state: 'own' } }],
    [{ kind: 'ping', ping: { ping: 'a', node: 'b', reachable: -1 } }],
    [{ kind: 'fenced', certificate: { node: 'a', incarnation: '', by: 'b', how: 'ipmi', atWallMs: 1 } }],
    [{ nokind: true }],
    ['text'],
    [null],
  ])('refuses the record %j', (value) => {
    expect(() => decodeMessage(deltaWith(value))).toThrow(MalformedError);
  });

  it('refuses or understands any authenticated nonsense, and never fails otherwise: 20,000 rows, seed 2', () => {
    const stream = randomStream(2);
    const junk = [
      null,
      true,
      -1,
      1.5,
      2 ** 60,
      '',
      'x',
      HASH,
      '\u0000',
      [],
      [[]],
      [1, 2, 3],
      {},
      { kind: 'self' },
      { a: [] },
    ];
    let refused = 0;
    for (let run = 0; run < 20_000; run++) {
      const row = rowOf(randomMessage(stream));
      spoil(row, { junk: pickRandom(stream, junk), next: () => nextRandom(stream) });
      try {
        decodeMessage(row);
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(10_000);
  });

  it('understands every plain message', () => {
    for (const message of plainMessages()) expect(decodeMessage(rowOf(message))).toEqual(message);
  });
});

/** Replaces one value somewhere in a tree of lists and objects. */
function spoil(tree: unknown[], options: { readonly junk: unknown; readonly next: () => number }): void {
  const at = Math.floor(options.next() * tree.length);
  const inner = tree[at];
  if (Array.isArray(inner) && inner.length > 0 && options.next() < 0.8) spoil(inner, options);
  else tree[at] = options.junk;
}
