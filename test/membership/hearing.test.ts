import { describe, expect, it } from 'vitest';
import { beginHearing, hear, lastHeardMs, liveLinks, livenessOf } from '../../src/membership/hearing.js';

const SILENCE_MS = 1000;

function heardAt(...times: readonly (readonly [link: number, atMs: number])[]): ReturnType<typeof beginHearing> {
  const state = beginHearing(0);
  for (const [link, nowMs] of times) hear(state, { peer: 'n2', link, nowMs });
  return state;
}

describe('hearing', () => {
  it('remembers the newest time over all links', () => {
    expect(lastHeardMs(heardAt([1, 300], [0, 200]), 'n2')).toBe(300);
    expect(lastHeardMs(heardAt(), 'n2')).toBe(Number.NEGATIVE_INFINITY);
  });

  it('tells the links apart that were heard within the silence', () => {
    const state = heardAt([1, 900], [0, 100], [2, 800]);
    expect(liveLinks(state, { peer: 'n2', nowMs: 1099, silenceMs: SILENCE_MS })).toEqual([0, 1, 2]);
    expect(liveLinks(state, { peer: 'n2', nowMs: 1100, silenceMs: SILENCE_MS })).toEqual([1, 2]);
    expect(liveLinks(state, { peer: 'n3', nowMs: 1100, silenceMs: SILENCE_MS })).toEqual([]);
  });

  it.each([
    ['heard a moment ago', 500, 1499, false, 'online'],
    ['silent for just as long as the bound', 500, 1500, false, 'offline'],
    ['silent here, but heard by a peer that is heard', 500, 9000, true, 'online'],
    ['never heard, too early to tell', null, 999, false, 'unknown'],
    ['never heard for as long as the bound', null, 1000, false, 'offline'],
  ] as const)('calls a node %s: %s at %d: %s', (_, heardMs, nowMs, heardByOthers, expected) => {
    const state = heardMs === null ? heardAt() : heardAt([0, heardMs]);
    expect(livenessOf(state, { peer: 'n2', nowMs, silenceMs: SILENCE_MS, heardByOthers })).toBe(expected);
  });
});
