import { describe, expect, it } from 'vitest';
import { decodeStamped, stamp } from '../../src/host/stamped-store.js';

describe('texts of a boot', () => {
  it('R7 come back in the boot in which they were written', () => {
    expect(decodeStamped(stamp('kept', 'boot-1'), 'boot-1')).toBe('kept');
  });

  it('R7 are nothing in another boot', () => {
    expect(decodeStamped(stamp('kept', 'boot-1'), 'boot-2')).toBeNull();
  });

  it.each(['', '{', '[]', '"x"', '{"bootId":"boot-1"}', '{"bootId":"boot-1","text":5}'])(
    'are nothing when cut short: %s',
    (text) => {
      expect(decodeStamped(text, 'boot-1')).toBeNull();
    },
  );
});
