import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../src/base/random.js';
import { nextRandom, pickRandom, randomStream } from '../../src/base/random.js';
import { stableJson } from '../../src/base/stable-json.js';
import type { Gossip } from '../../src/model/message.js';
import type { RecordsState } from '../../src/membership/records.js';
import {
  answerDigest,
  beginRecords,
  digest,
  publish,
  pushTo,
  receiveDelta,
  valuesOf,
} from '../../src/membership/records.js';

interface Datagram {
  readonly to: string;
  readonly gossip: Gossip;
}

/** Nodes with their records and a network between them that loses, repeats and reorders. */
interface Cluster {
  readonly random: RandomStream;
  readonly nodes: Map<string, RecordsState>;
  inFlight: Datagram[];
  sent: number;
}

function begin(seed: number, size: number): Cluster {
  const ids = Array.from({ length: size }, (_, i) => `n${String(i).padStart(2, '0')}`);
  const nodes = new Map(ids.map((node) => [node, beginRecords({ node, age: 1, nodes: ids })]));
  return { random: randomStream(seed), nodes, inFlight: [], sent: 0 };
}

function send(cluster: Cluster, to: string, gossips: readonly Gossip[]): void {
  cluster.sent += gossips.length;
  cluster.inFlight.push(...gossips.map((gossip) => ({ to, gossip })));
}

function deliver(cluster: Cluster, { to, gossip }: Datagram): void {
  const state = cluster.nodes.get(to);
  if (state === undefined) return;
  if (gossip.delta !== null) receiveDelta(state, gossip.delta);
  send(cluster, gossip.from, answerDigest(state, gossip.from, gossip.digest));
}

/** Something new, and sometimes a daemon that starts again: with a record of a later life, of which it says something at once. */
function happen(cluster: Cluster, restarts: boolean): void {
  const { random, nodes } = cluster;
  const node = pickRandom(random, [...nodes.keys()]) ?? '';
  const state = nodes.get(node);
  if (state === undefined) return;
  if (restarts && nextRandom(random) < 0.05) {
    const age = 1 + (digest(state)[0]?.[1] ?? 0);
    const again = beginRecords({ node, age, nodes: [...nodes.keys()] });
    publish(again, 'heard:nobody', { kind: 'heard', links: {} });
    nodes.set(node, again);
    return;
  }
  const ping = `p${Math.floor(nextRandom(random) * 12)}`;
  const value =
    nextRandom(random) < 0.3
      ? null
      : ({ kind: 'ping', ping: { ping, node, reachable: Math.floor(nextRandom(random) * 1000) } } as const);
  publish(state, `ping:${ping}`, value);
  for (const peer of nodes.keys()) if (peer !== node) send(cluster, peer, pushTo(state, peer));
}

/** Every node tells a random peer what it knows. */
function gossipRound(cluster: Cluster): void {
  for (const [node, state] of cluster.nodes) {
    const peer = pickRandom(
      cluster.random,
      [...cluster.nodes.keys()].filter((each) => each !== node),
    );
    if (peer !== undefined) send(cluster, peer, [{ kind: 'gossip', from: node, digest: digest(state), delta: null }]);
  }
}

/** Delivers what is in flight in any order, loses some, repeats some; what is answered waits for the next call. */
function shuffleDelivery(cluster: Cluster, loss: number): void {
  const due = cluster.inFlight;
  cluster.inFlight = [];
  while (due.length > 0) {
    const [datagram] = due.splice(Math.floor(nextRandom(cluster.random) * due.length), 1);
    if (datagram === undefined || nextRandom(cluster.random) < loss) continue;
    deliver(cluster, datagram);
    if (nextRandom(cluster.random) < 0.1) cluster.inFlight.push(datagram);
  }
}

/** What all nodes know of each, as text: one line when they agree. */
function views(cluster: Cluster): Set<string> {
  const sorted = (state: RecordsState, node: string) =>
    valuesOf(state, node)
      .map((value) => stableJson(value))
      .sort();
  return new Set(
    [...cluster.nodes.values()].map((state) =>
      stableJson(Object.fromEntries([...cluster.nodes.keys()].map((node) => [node, sorted(state, node)]))),
    ),
  );
}

describe('records of a cluster', () => {
  it.each([
    [3, 0.3],
    [5, 0.5],
    [15, 0.3],
  ])('are the same everywhere some rounds after the last change: %d nodes, loss %d', (size, loss) => {
    for (let seed = 0; seed < 15; seed++) {
      const cluster = begin(seed, size);
      for (let turn = 0; turn < 60; turn++) {
        happen(cluster, true);
        gossipRound(cluster);
        shuffleDelivery(cluster, loss);
      }
      let rounds = 0;
      for (; views(cluster).size > 1 && rounds < 150; rounds++) {
        gossipRound(cluster);
        shuffleDelivery(cluster, loss);
      }
      expect(rounds, `seed ${seed}`).toBeLessThan(150);
    }
  });

  it('fall silent when nobody begins a digest any more: no answer calls for an answer without end', () => {
    for (let seed = 0; seed < 30; seed++) {
      const cluster = begin(seed, 5);
      for (let turn = 0; turn < 40; turn++) {
        happen(cluster, true);
        gossipRound(cluster);
        if (turn % 3 === 0) shuffleDelivery(cluster, 0.3);
      }
      gossipRound(cluster);
      let deliveries = 0;
      for (; cluster.inFlight.length > 0 && deliveries < 5000; deliveries++) {
        const datagram = cluster.inFlight.shift();
        if (datagram !== undefined) deliver(cluster, datagram);
      }
      expect(cluster.inFlight, `seed ${seed}`).toEqual([]);
    }
  });

  it('cost nothing but the digests once everybody knows everything', () => {
    const cluster = begin(1, 5);
    for (let turn = 0; turn < 20; turn++) {
      happen(cluster, false);
      gossipRound(cluster);
      shuffleDelivery(cluster, 0);
    }
    for (let round = 0; round < 20; round++) {
      gossipRound(cluster);
      shuffleDelivery(cluster, 0);
    }
    cluster.inFlight = [];
    cluster.sent = 0;
    gossipRound(cluster);
    for (let i = 0; i < 10; i++) shuffleDelivery(cluster, 0);
    expect(cluster.sent).toBe(5);
  });
});
