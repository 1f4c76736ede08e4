import { describe, expect, it } from 'vitest';
import { nextRandom, randomStream } from '../../src/base/random.js';
import { findRings } from '../../src/spec/ring.js';

/** Edges from `0>1 1>2`, all of which count but those written `0~1`. */
function edgesOf(text: string) {
  return text.split(' ').flatMap((part) => {
    const [, from, sign, to] = /^(\d+)([>~])(\d+)$/.exec(part) ?? [];
    return from === undefined ? [] : [{ from: Number(from), to: Number(to), why: sign === '>' }];
  });
}

function rings(count: number, text: string): string[] {
  return findRings(count, edgesOf(text), (edge) => edge.why).map((ring) =>
    ring.map(({ from, to }) => `${from}>${to}`).join(' '),
  );
}

describe('rings', () => {
  it.each([
    ['nothing', 3, '', []],
    ['a chain', 4, '0>1 1>2 2>3', []],
    ['a pair', 2, '0>1 1>0', ['0>1 1>0']],
    ['the shortest way back', 5, '0>1 1>2 2>3 3>0 1>0', ['0>1 1>0']],
    ['two knots', 4, '0>1 1>0 2>3 3>2', ['0>1 1>0', '2>3 3>2']],
    ['a ring in which no edge counts', 2, '0~1 1~0', []],
    ['a ring in which one edge counts', 3, '0~1 1>2 2~0', ['1>2 2>0 0>1']],
    ['a ring behind a chain', 4, '0>1 1>2 2>3 3>1', ['1>2 2>3 3>1']],
  ])('of %s', (_, count, text, expected) => {
    expect(rings(count, text)).toEqual(expected);
  });

  it('are found at the end of a chain as long as a spec', () => {
    const count = 20_000;
    const edges = Array.from({ length: count }, (_, from) => ({
      from,
      to: from + 1 === count ? count - 3 : from + 1,
      why: true,
    }));
    expect(findRings(count, edges, () => true).map((ring) => ring.length)).toEqual([3]);
  });

  it('are closed, and exist exactly when some group reaches itself', () => {
    const stream = randomStream(7);
    for (let round = 0; round < 300; round++) {
      const count = 2 + Math.floor(nextRandom(stream) * 6);
      const edges = Array.from({ length: Math.floor(nextRandom(stream) * 10) }, () => ({
        from: Math.floor(nextRandom(stream) * count),
        to: Math.floor(nextRandom(stream) * count),
        why: true,
      })).filter(({ from, to }) => from !== to);
      const found = findRings(count, edges, () => true);
      for (const ring of found) {
        ring.forEach((edge, step) => {
          expect(edge.to).toBe(ring[(step + 1) % ring.length]?.from);
        });
      }
      expect(found.length > 0).toBe(someReachesItself(count, edges));
    }
  });
});

function someReachesItself(count: number, edges: readonly { readonly from: number; readonly to: number }[]): boolean {
  const reach = Array.from(
    { length: count },
    (_, from) => new Set(edges.filter((edge) => edge.from === from).map((edge) => edge.to)),
  );
  for (let via = 0; via < count; via++) {
    for (const set of reach) if (set.has(via)) for (const to of reach[via] ?? []) set.add(to);
  }
  return reach.some((set, from) => set.has(from));
}
