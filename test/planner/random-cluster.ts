/** Random specs and observations from a seed, for truths that must hold whatever the cluster looks like. */
import { nextRandom, pickRandom, randomStream } from '../../src/base/random.js';
import type { RandomStream } from '../../src/base/random.js';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { ObservedCluster } from '../../src/model/observation.js';
import { buildObserved, buildSpec } from './build-spec.js';
import type { GroupWish, NodeWish, ObservedWish, SpecWish } from './build-spec.js';

/** A cluster that could be met; `calm` ones have every node up and nothing failed. */
export function randomCluster(seed: number): { readonly spec: ClusterSpec; readonly observed: ObservedCluster } {
  const random = randomStream(seed);
  const wish = randomSpec(random);
  const spec = buildSpec(wish);
  return { spec, observed: buildObserved(spec, randomObserved(random, wish)) };
}

function chance(random: RandomStream, share: number): boolean {
  return nextRandom(random) < share;
}

function pick<T>(random: RandomStream, values: readonly T[], fallback: T): T {
  return pickRandom(random, values) ?? fallback;
}

function some<T>(random: RandomStream, values: readonly T[], share: number): T[] {
  return values.filter(() => chance(random, share));
}

function randomSpec(random: RandomStream): SpecWish {
  const nodeIds = ['n1', 'n2', 'n3', 'n4', 'n5'].slice(0, 2 + Math.floor(nextRandom(random) * 4));
  const nodes: Record<string, NodeWish> = {};
  for (const id of nodeIds) {
    nodes[id] = {
      role: chance(random, 0.1) ? 'witness' : chance(random, 0.1) ? 'worker' : 'member',
      state: chance(random, 0.12) ? 'standby' : chance(random, 0.1) ? 'maintenance' : 'active',
      labels: { zone: pick(random, ['a', 'b'], 'a') },
    };
  }
  const groupIds = ['ga', 'gb', 'gc', 'gd', 'ge', 'gf'].slice(0, 1 + Math.floor(nextRandom(random) * 6));
  const groups: Record<string, GroupWish> = {};
  groupIds.forEach((id, index) => {
    const earlier = groupIds.slice(0, index);
    const later = groupIds.slice(index + 1);
    const selectors = [...nodeIds, 'zone=a', 'zone=b'];
    groups[id] = {
      members: ['1', '2', '3'].slice(0, 1 + Math.floor(nextRandom(random) * 3)).map((number) => `${id}${number}`),
      desired: chance(random, 0.1) ? 'stopped' : 'started',
      prefer: chance(random, 0.4) ? some(random, selectors, 0.3) : [],
      require: chance(random, 0.2) ? some(random, selectors, 0.4) : [],
      avoid: chance(random, 0.2) ? some(random, selectors, 0.3) : [],
      requires: chance(random, 0.25) ? some(random, ['a1', 'p1', 'p2'], 0.6) : [],
      after: chance(random, 0.3) ? some(random, chance(random, 0.1) ? [...earlier, ...later] : earlier, 0.4) : [],
      with: chance(random, 0.25) ? some(random, chance(random, 0.1) ? [...earlier, ...later] : earlier, 0.3) : [],
      apart: chance(random, 0.2) ? some(random, [...earlier, ...later], 0.3) : [],
      failback: chance(random, 0.3) ? 'auto' : 'never',
      exclusive: chance(random, 0.1) ? 'none' : chance(random, 0.15) ? 'fencing' : 'lease',
    };
  });
  const bound = boundTogether(groups);
  for (const [id, group] of Object.entries(groups)) {
    groups[id] = { ...group, apart: (group.apart ?? []).filter((other) => bound(id) !== bound(other)) };
  }
  const need = 1 + Math.floor(nextRandom(random) * 2);
  return {
    nodes,
    groups,
    pings: {
      p1: {
        need,
        mode: chance(random, 0.3) ? 'absolute' : 'relative',
        onAllLost: chance(random, 0.3) ? 'stop' : 'keep',
      },
      p2: { need: 1, mode: 'relative' },
    },
    checks: [
      {
        id: 'a1',
        probe: { kind: 'attribute', name: 'site', wish: { kind: 'is', values: ['east'] } },
        everyMs: 2000,
        timeoutMs: 1000,
        rise: 2,
        fall: 3,
        need: 1,
        mode: chance(random, 0.5) ? 'absolute' : 'relative',
        onAllLost: chance(random, 0.3) ? 'stop' : 'keep',
        place: { file: 'test.yaml', line: 1, column: 1 },
      },
    ],
    onLoss: chance(random, 0.1) ? 'ignore' : 'stop',
  };
}

/** The first of the groups that must share a node: being apart from one of them would be a contradiction, which the spec room refuses. */
function boundTogether(groups: Readonly<Record<string, GroupWish>>): (id: string) => string {
  const leaders = new Map<string, string>();
  const leaderOf = (id: string): string => {
    const leader = leaders.get(id);
    return leader === undefined ? id : leaderOf(leader);
  };
  for (const [id, group] of Object.entries(groups)) {
    for (const other of group.with ?? []) {
      const [a, b] = [leaderOf(id), leaderOf(other)];
      if (a !== b) leaders.set(a, b);
    }
  }
  return leaderOf;
}

/** What a node may remember of a resource. */
const TROUBLES = [
  ' banned failures=3',
  ' backingOff failures=1',
  ' failures=1',
  ' blocked failures=1',
  ' halted failures=1',
  ' outdated',
  ' outdated reloadable',
];

function randomObserved(random: RandomStream, wish: SpecWish): ObservedWish {
  const nodeIds = Object.keys(wish.nodes);
  const isCalm = chance(random, 0.3);
  const nodes: Record<string, string> = {};
  for (const id of nodeIds) {
    const liveness = isCalm || chance(random, 0.75) ? 'online' : pick(random, ['offline', 'unknown'], 'offline');
    const quorum = chance(random, 0.6) ? ' quorate' : chance(random, 0.2) ? ' alone' : '';
    nodes[id] = `${liveness}${quorum}${!isCalm && chance(random, 0.08) ? ' leaving' : ''}`;
  }
  const leases: Record<string, readonly string[]> = {};
  const resources: Record<string, Record<string, string>> = {};
  for (const [id, group] of Object.entries(wish.groups)) {
    const holder = chance(random, 0.6) ? pick(random, [...nodeIds, 'gone'], 'n1') : null;
    const state = chance(random, 0.7) ? 'own' : pick(random, ['claim', 'stop', 'lapsed'], 'own');
    const held = holder === null ? [] : [`${holder} ${state} 5`];
    if (chance(random, 0.1)) {
      const other = pick(random, nodeIds, 'n1');
      if (other !== holder)
        held.push(`${other} ${pick(random, ['claim', 'own', 'lapsed'], 'claim')} ${chance(random, 0.5) ? 3 : 7}`);
    }
    leases[id] = held;
    const isWhole = chance(random, 0.6);
    for (const member of group.members ?? [id]) {
      const on: Record<string, string> = {};
      for (const node of nodeIds) {
        const usual = node === holder && (isWhole || chance(random, 0.6)) ? 'running' : 'stopped';
        if (chance(random, isCalm ? 0.05 : 0.12)) continue;
        const stateThere = chance(random, 0.07)
          ? pick(random, ['running', 'failed', 'starting', 'stopping'], 'running')
          : usual;
        const trouble = isCalm || chance(random, 0.93) ? '' : pick(random, TROUBLES, '');
        on[node] = `${stateThere}${trouble}`;
      }
      resources[member] = on;
    }
  }
  const pings: Record<string, Record<string, number | string | null>> = { p1: {}, p2: {} };
  for (const on of Object.values(pings)) {
    for (const node of nodeIds) {
      if (chance(random, 0.1)) continue;
      const reach = Math.floor(nextRandom(random) * 3);
      const turn = chance(random, 0.1) ? pick(random, [' less', ' more'], '') : '';
      on[node] = chance(random, 0.2) ? null : `${reach}${turn}`;
    }
  }
  const attributes: Record<string, Record<string, string>> = {};
  pings.a1 = {};
  for (const node of nodeIds) {
    if (chance(random, 0.8)) pings.a1[node] = chance(random, 0.2) ? null : Math.floor(nextRandom(random) * 2);
    if (chance(random, 0.8)) attributes[node] = { site: pick(random, ['east', 'west'], 'east') };
  }
  return { self: pick(random, [...nodeIds, null], null), nodes, leases, resources, pings, attributes };
}
