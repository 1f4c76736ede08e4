import { describe, expect, it } from 'vitest';
import { expire } from '../../src/ownership/expiry.js';
import type { Held } from '../../src/ownership/holder.js';
import { answer, beatAt, claimAt, heldOf, newHolder, ownAt } from './acks.js';

describe('where the spec ignores the loss of quorum', () => {
  /** An owner of whose voters only v1 answered since 0. */
  function ownerAt(nowMs: number, ignoreSilenceMs: number | null): Held {
    const holder = newHolder({ ignoreSilenceMs });
    ownAt(holder, 'web', 0);
    for (let atMs = 200; atMs <= nowMs; atMs += 200)
      answer(holder, beatAt(holder, atMs), { from: ['v1'], nowMs: atMs });
    return heldOf(holder, 'web');
  }

  it('an owned lease is kept although the other voters are silent', () => {
    expect(ownerAt(4000, 3000).state).toBe('own');
  });

  it('and lapses under every other policy', () => {
    expect(ownerAt(4000, null).state).toBe('lapsed');
  });

  it.each([
    ['denies it', [{ key: 'web', by: 'n9', epochMax: 99 }], true],
    ['cannot name all that it denies', [], false],
  ])('it lapses when every other voter %s', (_, denials, complete) => {
    const holder = newHolder({ ignoreSilenceMs: 3000 });
    ownAt(holder, 'web', 0);
    for (let atMs = 200; atMs <= 1200; atMs += 200) {
      const beats = beatAt(holder, atMs);
      answer(holder, beats, { from: ['v1'], nowMs: atMs });
      answer(holder, beats, { from: ['v2', 'v3'], nowMs: atMs, ack: { denials, complete } });
    }
    expect(heldOf(holder, 'web').state).toBe('lapsed');
  });

  it('it lapses when this node stood still itself, since then nobody had anything to answer', () => {
    const holder = newHolder({ ignoreSilenceMs: 3000 });
    ownAt(holder, 'web', 0);
    beatAt(holder, 200);
    expire(holder, 9000);
    expect(heldOf(holder, 'web').state).toBe('lapsed');
  });

  it('a claim is not granted by silence before its time', () => {
    const holder = newHolder({ ignoreSilenceMs: 3000 });
    ownAt(holder, 'web', 0);
    claimAt(holder, 'db', 500);
    answer(holder, beatAt(holder, 600), { from: ['v1'], nowMs: 600 });
    expect(heldOf(holder, 'db').state).toBe('claim');
  });
});
