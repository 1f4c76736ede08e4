import { describe, expect, it } from 'vitest';
import { isPlainEqual } from '../../src/base/plain-equal.js';
import { stableJson } from '../../src/base/stable-json.js';

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  '',
  '1',
  [],
  [1],
  [1, 2],
  [[1], 2],
  {},
  { a: 1 },
  { a: 1, b: undefined },
  { b: 2, a: 1 },
  { a: 1, b: 2 },
  { a: { b: [1, { c: null }] } },
  { a: { b: [1, { c: 0 }] } },
  { 0: 1 },
];

describe('equality of plain data', () => {
  it('is that of stable JSON, for every pair', () => {
    for (const a of VALUES) {
      for (const b of VALUES) {
        expect(isPlainEqual(a, b), `${stableJson(a)} and ${stableJson(b)}`).toBe(stableJson(a) === stableJson(b));
      }
    }
  });
});
