import { describe, expect, it } from 'vitest';
import type { Gossip } from '../../src/model/message.js';
import { limits } from '../../src/model/limits.js';
import type { RecordValue } from '../../src/model/record.js';
import type { RecordsState } from '../../src/membership/records.js';
import {
  answerDigest,
  beginRecords,
  digest,
  publish,
  pushTo,
  receiveDelta,
  recordValue,
  setNodes,
  valuesOf,
} from '../../src/membership/records.js';

const NODES = ['n1', 'n2', 'n3'];

function begin(node: string, age = 100, nodes: readonly string[] = NODES): RecordsState {
  return beginRecords({ node, age, nodes });
}

function ping(reachable: number): RecordValue {
  return { kind: 'ping', ping: { ping: 'gw', node: 'n1', reachable } };
}

function reachableOf(state: RecordsState, node: string): number | null | undefined {
  const value = recordValue(state, node, 'ping:gw');
  return value?.kind === 'ping' ? value.ping.reachable : undefined;
}

/** Hands gossip over and returns the answers. */
function hand(to: RecordsState, gossips: readonly Gossip[]): Gossip[] {
  return gossips.flatMap((gossip) => {
    if (gossip.delta !== null) receiveDelta(to, gossip.delta);
    return answerDigest(to, gossip.from, gossip.digest);
  });
}

describe('a record', () => {
  it('is news only when it says something else', () => {
    const n1 = begin('n1');
    expect(publish(n1, 'ping:gw', ping(1))).toBe(true);
    expect(publish(n1, 'ping:gw', ping(1))).toBe(false);
    expect(publish(n1, 'ping:gw', null)).toBe(true);
    expect(publish(n1, 'ping:gw', null)).toBe(false);
  });

  it('reaches a peer by a push, and its removal too', () => {
    const [n1, n2] = [begin('n1'), begin('n2')];
    publish(n1, 'ping:gw', ping(1));
    hand(n2, pushTo(n1, 'n2'));
    expect(reachableOf(n2, 'n1')).toBe(1);
    publish(n1, 'ping:gw', null);
    hand(n2, pushTo(n1, 'n2'));
    expect(valuesOf(n2, 'n1')).toEqual([]);
  });

  it('is pushed once, and again after a digest that shows that it was lost', () => {
    const [n1, n2] = [begin('n1'), begin('n2')];
    publish(n1, 'ping:gw', ping(1));
    expect(pushTo(n1, 'n2')).toHaveLength(1);
    expect(pushTo(n1, 'n2')).toEqual([]);
    const again = answerDigest(n1, 'n2', digest(n2)).filter((gossip) => gossip.delta !== null);
    expect(again).toHaveLength(1);
    expect(pushTo(n1, 'n2')).toEqual([]);
    hand(n2, again);
    expect(reachableOf(n2, 'n1')).toBe(1);
  });

  it('is never changed by a peer: only its node says what is in it', () => {
    const n1 = begin('n1');
    publish(n1, 'ping:gw', ping(1));
    const entries = [{ key: 'ping:gw', version: 9, value: ping(0) }];
    expect(receiveDelta(n1, { node: 'n1', age: 100, piece: { from: 0, to: 9, entries } })).toBe(false);
    expect(reachableOf(n1, 'n1')).toBe(1);
  });

  it('of a node that the spec does not have is not taken in', () => {
    const n1 = begin('n1');
    expect(receiveDelta(n1, { node: 'n9', age: 100, piece: { from: 0, to: 1, entries: [] } })).toBe(false);
    expect(answerDigest(n1, 'n2', [['n9', 100, 7]])).toEqual([]);
  });

  it('of a node that left the spec is forgotten, and begins anew when it comes back', () => {
    const [n1, n2] = [begin('n1'), begin('n2')];
    publish(n1, 'ping:gw', ping(1));
    hand(n2, pushTo(n1, 'n2'));
    setNodes(n2, ['n2', 'n3']);
    expect(valuesOf(n2, 'n1')).toEqual([]);
    setNodes(n2, NODES);
    hand(n2, hand(n1, [{ kind: 'gossip', from: 'n2', digest: digest(n2), delta: null }]));
    expect(reachableOf(n2, 'n1')).toBe(1);
  });

  it('passes on kinds of entries that this version does not know', () => {
    const [n1, n2, n3] = [begin('n1'), begin('n2'), begin('n3')];
    const foreign: RecordValue = JSON.parse('{"kind":"weather","of":"tomorrow"}');
    publish(n1, 'weather', foreign);
    hand(n2, pushTo(n1, 'n2'));
    hand(n3, hand(n2, [{ kind: 'gossip', from: 'n3', digest: digest(n3), delta: null }]));
    expect(valuesOf(n3, 'n1')).toEqual([foreign]);
  });
});

describe('the lives of a record', () => {
  it('a later one replaces an earlier one whole', () => {
    const n2 = begin('n2');
    const before = begin('n1', 100);
    publish(before, 'ping:gw', ping(1));
    publish(before, 'self', { kind: 'heard', links: {} });
    hand(n2, pushTo(before, 'n2'));
    const after = begin('n1', 200);
    publish(after, 'ping:gw', ping(2));
    hand(n2, pushTo(after, 'n2'));
    expect(reachableOf(n2, 'n1')).toBe(2);
    expect(valuesOf(n2, 'n1')).toHaveLength(1);
  });

  it('an earlier one changes nothing, however late it comes', () => {
    const n2 = begin('n2');
    const before = begin('n1', 100);
    for (const reachable of [1, 2, 3]) publish(before, 'ping:gw', ping(reachable));
    const late = pushTo(before, 'n2');
    const after = begin('n1', 200);
    publish(after, 'ping:gw', ping(7));
    hand(n2, pushTo(after, 'n2'));
    expect(hand(n2, late)).toEqual([]);
    expect(reachableOf(n2, 'n1')).toBe(7);
  });

  it('a later one is not begun in its middle', () => {
    const n2 = begin('n2');
    const entries = [{ key: 'ping:gw', version: 6, value: ping(1) }];
    expect(receiveDelta(n2, { node: 'n1', age: 200, piece: { from: 5, to: 6, entries } })).toBe(false);
    expect(digest(n2)).toContainEqual(['n1', 0, 0]);
  });

  it.each([
    ['the wall clock went back before the start', 50, 100, 3],
    ['the start was in the same millisecond', 100, 100, 3],
  ])('a node that peers know from a later life begins a still later one: %s', (_, ownAge, knownAge, knownVersion) => {
    const n1 = begin('n1', ownAge);
    publish(n1, 'ping:gw', ping(1));
    const n2 = begin('n2');
    const entries = [{ key: 'ping:gw', version: knownVersion, value: ping(9) }];
    receiveDelta(n2, { node: 'n1', age: knownAge, piece: { from: 0, to: knownVersion, entries } });
    hand(n2, hand(n1, [{ kind: 'gossip', from: 'n2', digest: digest(n2), delta: null }]));
    expect(reachableOf(n2, 'n1')).toBe(1);
  });
});

describe('a digest', () => {
  it('names the node itself first, then the others in order', () => {
    expect(digest(begin('n2')).map(([node]) => node)).toEqual(['n2', 'n1', 'n3']);
  });

  it('names no more than the limit, and every node in the end', () => {
    const nodes = Array.from({ length: 15 }, (_, i) => `n${10 + i}`);
    const state = begin('n10', 100, nodes);
    const named = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const entries = digest(state);
      expect(entries).toHaveLength(limits.digestEntriesMax);
      expect(new Set(entries.map(([node]) => node)).size).toBe(limits.digestEntriesMax);
      // As one of two peers sees them that are answered in turn.
      if (i % 2 === 0) for (const [node] of entries) named.add(node);
    }
    expect([...named].sort()).toEqual(nodes);
  });
});
