import { describe, expect, it } from 'vitest';
import { jsonSize } from '../../src/base/json-size.js';

describe('the size of a value as JSON', () => {
  it.each([
    ['plain ASCII', { key: 'web', version: 12, value: null }],
    ['two bytes a letter', 'Schlüssel'],
    ['three bytes a letter', '„fehlt“ 鍵'],
    ['a surrogate pair', '🔑'],
    ['half a surrogate pair, which is escaped', '\ud83d a \udd11'],
    ['control characters, quotes and line ends, which are escaped', '\u0001"\\\n\t'],
    ['nested lists', [[], [1.5, true, ['x']], {}]],
  ])('counts UTF-8 bytes: %s', (_, value) => {
    expect(jsonSize(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
  });

  it('is 0 for undefined', () => {
    expect(jsonSize(undefined)).toBe(0);
  });
});
