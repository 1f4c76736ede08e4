import { describe, expect, it } from 'vitest';
import { nextRandom, randomStream } from '../../src/base/random.js';
import type { RandomStream } from '../../src/base/random.js';
import { stableJson } from '../../src/base/stable-json.js';

describe('stable JSON', () => {
  it('writes equal values alike, in whatever order their keys were set', () => {
    expect(stableJson({ b: 1, a: { d: [{ z: 1, y: 2 }], c: null } })).toBe(
      stableJson({ a: { c: null, d: [{ y: 2, z: 1 }] }, b: 1 }),
    );
  });

  it('orders keys by code unit, not by locale', () => {
    expect(stableJson({ ä: 1, z: 2, Z: 3, a: 4 })).toBe('{"Z":3,"a":4,"z":2,"ä":1}');
  });

  it('keeps the order of lists', () => {
    expect(stableJson(['b', 'a', 2, 1])).toBe('["b","a",2,1]');
  });

  it('leaves undefined members out', () => {
    expect(stableJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  it('indents like JSON.stringify', () => {
    expect(stableJson({ b: 1, a: [2] }, 2)).toBe('{\n  "a": [\n    2\n  ],\n  "b": 1\n}');
  });

  it('says the same as JSON, whatever the value', () => {
    const random = randomStream(1);
    for (let i = 0; i < 500; i++) {
      const value = randomValue(random, 3);
      expect(JSON.parse(stableJson(value)), `value ${i} of seed 1`).toEqual(JSON.parse(JSON.stringify(value)));
    }
  });
});

function randomValue(random: RandomStream, depth: number): unknown {
  const kind = Math.floor(nextRandom(random) * (depth === 0 ? 4 : 6));
  const size = Math.floor(nextRandom(random) * 4);
  if (kind === 0) return null;
  if (kind === 1) return nextRandom(random);
  if (kind === 2) return `text ${size} "ü🔑`;
  if (kind === 3) return size > 1;
  if (kind === 4) return Array.from({ length: size }, () => randomValue(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [String(Math.floor(nextRandom(random) * 20)), randomValue(random, depth - 1)]),
  );
}
