import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/base/fingerprint.js';
import { InvariantError, invariant, unreachable } from '../../src/base/invariant.js';
import { compareIds, sortedBy } from '../../src/base/order.js';

describe('the order of ids', () => {
  it('goes by code unit', () => {
    expect(['b', 'ä', 'a10', 'B', 'a2', ''].sort(compareIds)).toEqual(['', 'B', 'a10', 'a2', 'b', 'ä']);
  });

  it('calls equal ids equal', () => {
    expect(compareIds('web', 'web')).toBe(0);
  });

  it('sorts a copy and keeps ties in their order', () => {
    const values = Object.freeze([
      { id: 'b', n: 1 },
      { id: 'a', n: 2 },
      { id: 'b', n: 3 },
      { id: 'a', n: 4 },
    ]);
    expect(sortedBy(values, (value) => value.id).map((value) => value.n)).toEqual([2, 4, 1, 3]);
  });
});

describe('a fingerprint', () => {
  it.each([
    ['', '811c9dc5'],
    ['a', 'e40c292c'],
    ['foobar', 'bf9cf968'],
  ])('is FNV-1a: %j', (text, expected) => {
    expect(fingerprint(text)).toBe(expected);
  });

  it('tells texts apart that differ in one letter or in their order', () => {
    const texts = ['web 1 own', 'web 2 own', 'web 1 stop', 'wen 1 own', 'own 1 web'];
    expect(new Set(texts.map(fingerprint)).size).toBe(texts.length);
  });
});

describe('an invariant', () => {
  it('says nothing while it holds', () => {
    expect(() => invariant(true, 'never')).not.toThrow();
  });

  it('throws its sentence when it is broken', () => {
    expect(() => invariant(false, 'web is already listed')).toThrow(new InvariantError('web is already listed'));
  });

  it('is broken by a value that no case was written for', () => {
    expect(() => Reflect.apply(unreachable, null, [{ kind: 'unheard of' }])).toThrow(
      'no case for {"kind":"unheard of"}',
    );
  });
});
