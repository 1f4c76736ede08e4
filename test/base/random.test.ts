import { describe, expect, it } from 'vitest';
import { nextRandom, pickRandom, randomBetween, randomStream } from '../../src/base/random.js';

describe('a random stream', () => {
  it('repeats itself from an equal seed', () => {
    const a = randomStream(42);
    const b = randomStream(42);
    expect(Array.from({ length: 20 }, () => nextRandom(a))).toEqual(Array.from({ length: 20 }, () => nextRandom(b)));
  });

  it('goes on where a copy of its state was taken', () => {
    const stream = randomStream(7);
    nextRandom(stream);
    const copy = structuredClone(stream);
    expect(nextRandom(copy)).toBe(nextRandom(stream));
  });

  it('gives the numbers of mulberry32', () => {
    const stream = randomStream(1);
    expect(Array.from({ length: 3 }, () => Math.floor(nextRandom(stream) * 2 ** 32))).toEqual([
      2693262067, 11749833, 2265367787,
    ]);
  });

  it('differs between seeds that are neighbours', () => {
    const firsts = new Set(Array.from({ length: 1000 }, (_, seed) => nextRandom(randomStream(seed))));
    expect(firsts.size).toBe(1000);
  });

  it('stays within its bounds and reaches every tenth of them', () => {
    const stream = randomStream(3);
    const tenths = new Set<number>();
    for (let i = 0; i < 1000; i++) {
      const value = randomBetween(stream, 5, 15);
      expect(value).toBeGreaterThanOrEqual(5);
      expect(value).toBeLessThan(15);
      tenths.add(Math.floor(value - 5));
    }
    expect(tenths.size).toBe(10);
  });

  it('picks every value of a list in the end, and nothing of an empty one', () => {
    const stream = randomStream(9);
    const picked = new Set(Array.from({ length: 100 }, () => pickRandom(stream, ['a', 'b', 'c'])));
    expect([...picked].sort()).toEqual(['a', 'b', 'c']);
    expect(pickRandom(stream, [])).toBeUndefined();
  });
});
