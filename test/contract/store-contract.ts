/** What every answer to the store port keeps, the real one and simulated ones alike. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.js';

/** A store on trial, empty at first. */
export interface StoreTrial {
  readonly store: Store;
  /** The same place as a daemon finds it that was killed and started again. */
  readonly reopen: () => Store;
}

/** A store that can be made to run out of space. */
export interface FillableTrial extends StoreTrial {
  /** Lets the next writes fail, as on a full disk. */
  readonly fill: () => void;
}

/** The suite. */
export function storeContract(name: string, make: () => StoreTrial): void {
  describe(`the store "${name}"`, () => {
    it('has nothing at first', () => {
      expect(make().store.read('voter.json')).toBeNull();
    });

    it.each([
      ['a plain one', '{"a":1}'],
      ['an empty one', ''],
      ['a long one', 'x'.repeat(300_000)],
      ['one with letters of all kinds', '„Schlüssel“ 鍵 🔑\r\n\u0000'],
    ])('gives back a text: %s', (_, text) => {
      const { store, reopen } = make();
      store.write('voter.json', text);
      expect(store.read('voter.json')).toBe(text);
      expect(reopen().read('voter.json')).toBe(text);
    });

    it('replaces a text whole, by a shorter one too', () => {
      const { store, reopen } = make();
      store.write('session.json', 'a long text');
      store.write('session.json', 'short');
      expect(reopen().read('session.json')).toBe('short');
    });

    it('keeps texts of different names apart', () => {
      const { store } = make();
      store.write('a.json', '1');
      store.write('b.json', '2');
      store.remove('a.json');
      expect([store.read('a.json'), store.read('b.json')]).toEqual([null, '2']);
    });

    it('removes a text for good, and lets a text be removed that is not there', () => {
      const { store, reopen } = make();
      store.write('a.json', '1');
      store.remove('a.json');
      store.remove('a.json');
      expect(reopen().read('a.json')).toBeNull();
    });
  });
}

/** What a store keeps besides when it can run out of space. */
export function fullStoreContract(name: string, make: () => FillableTrial): void {
  describe(`the store "${name}", full`, () => {
    it('keeps the old text when the new one cannot be written, and says so', () => {
      const { store, reopen, fill } = make();
      store.write('voter.json', 'old');
      fill();
      expect(() => store.write('voter.json', 'new'.repeat(100_000))).toThrow();
      expect(store.read('voter.json')).toBe('old');
      expect(reopen().read('voter.json')).toBe('old');
    });
  });
}
