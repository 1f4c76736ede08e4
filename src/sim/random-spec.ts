import type { RandomStream } from '../base/random.js';
import { nextRandom, pickRandom } from '../base/random.js';
import { invariant } from '../base/invariant.js';
import { sortedBy } from '../base/order.js';
import { alertEvents } from '../model/alert.js';
import type {
  AlertReceiver,
  ClusterSpec,
  GroupSpec,
  NodeSelector,
  NodeSpec,
  ResourceSpec,
} from '../model/cluster-spec.js';
import type { Place } from '../model/source.js';
import { KILLABLE_TYPE, RELOADABLE, UNKILLABLE_TYPE } from './sim-agents.js';

const PLACE: Place = { file: 'simulated.yaml', line: 1, column: 1 };

/** Picks one of the values. */
export function pick<T>(random: RandomStream, values: readonly T[]): T {
  const value = pickRandom(random, values);
  invariant(value !== undefined, 'nothing to pick from');
  return value;
}

/** Whether something happens that happens in so many of all cases. */
export function chance(random: RandomStream, share: number): boolean {
  return nextRandom(random) < share;
}

/** A whole number from `low` to `high`, both included. */
export function between(random: RandomStream, low: number, high: number): number {
  return low + Math.floor(nextRandom(random) * (high - low + 1));
}

/** Which nodes a cluster has: members, then workers, then a witness. */
interface Shape {
  readonly members: number;
  readonly workers: number;
  readonly hasWitness: boolean;
  /** How many of them vote; all but the workers where it is absent. */
  readonly votes?: number;
}

/** Clusters of three to five nodes with three or five voters; those of three come most often. */
const SHAPES: readonly Shape[] = [
  { members: 3, workers: 0, hasWitness: false },
  { members: 3, workers: 0, hasWitness: false },
  { members: 3, workers: 0, hasWitness: false },
  { members: 2, workers: 0, hasWitness: true },
  { members: 2, workers: 1, hasWitness: true },
  { members: 3, workers: 1, hasWitness: false },
  { members: 4, workers: 0, hasWitness: true },
  { members: 5, workers: 0, hasWitness: false },
];

/** Clusters with nodes to spare, for schedules in which the voters change. */
const WIDE_SHAPES: readonly Shape[] = [
  { members: 5, workers: 0, hasWitness: false, votes: 3 },
  { members: 6, workers: 0, hasWitness: false, votes: 3 },
  { members: 4, workers: 1, hasWitness: true, votes: 3 },
  { members: 7, workers: 0, hasWitness: false, votes: 5 },
];

/** Clusters of which every node can be fenced: those of two voters among them, and some with nodes to spare. */
const FENCED_SHAPES: readonly Shape[] = [
  { members: 2, workers: 0, hasWitness: false },
  { members: 2, workers: 0, hasWitness: false },
  { members: 3, workers: 0, hasWitness: false },
  { members: 3, workers: 0, hasWitness: false },
  { members: 2, workers: 0, hasWitness: true },
  { members: 2, workers: 1, hasWitness: false },
  { members: 5, workers: 0, hasWitness: false, votes: 3 },
];

/** What kind of cluster is drawn. */
export type Breed = 'plain' | 'wide' | 'fenced';

const SHAPES_OF: Readonly<Record<Breed, readonly Shape[]>> = {
  plain: SHAPES,
  wide: WIDE_SHAPES,
  fenced: FENCED_SHAPES,
};

/** A cluster with a few groups, and everything about it drawn from the stream. */
export function randomSpec(random: RandomStream, breed: Breed = 'plain'): ClusterSpec {
  const nodes = randomNodes(random, pick(random, SHAPES_OF[breed]));
  const drift = pick(random, [0.09, 0.09, 0.09, 0.02]);
  const everyMs = pick(random, [200, 300, 500]);
  const base: ClusterSpec = {
    name: 'simulated',
    quorum: { onLoss: 'stop', firstStart: 'see', place: PLACE },
    heartbeat: {
      port: 7418,
      everyMs,
      leaseMs: everyMs * pick(random, [4, 5, 6, 10]),
      clockDrift: drift,
      warnAfterMs: 1000,
      keys: [{ kind: 'environment', name: 'KEY', place: PLACE }],
      place: PLACE,
    },
    nodes,
    checks: [],
    health: [],
    pings: chance(random, 0.3) ? [randomPing(random)] : [],
    groups: [],
    resources: [],
    fencing: { devices: [], levels: [], prefer: [], headStartMs: 15_000, watchdog: null },
    alerts: [RECEIVER],
    startsPerNodeMax: between(random, 2, 8),
  };
  let spec = base;
  const count = between(random, 1, 4);
  for (let i = 0; i < count; i++) spec = withNewGroup(random, spec, `g${i + 1}`);
  return spec;
}

/** Somebody is told everything, so that the telling is tried as well. */
const RECEIVER: AlertReceiver = {
  kind: 'program',
  id: 'log',
  path: '/bin/true',
  recipient: null,
  params: {},
  timestampFormat: '%T',
  on: alertEvents,
  timeoutMs: 1000,
  retries: 0,
  place: PLACE,
};

function randomNodes(random: RandomStream, shape: Shape): NodeSpec[] {
  const links = chance(random, 0.3) ? 2 : 1;
  const roles: NodeSpec['role'][] = [];
  for (let i = 0; i < shape.members; i++) roles.push('member');
  for (let i = 0; i < shape.workers; i++) roles.push('worker');
  if (shape.hasWitness) roles.push('witness');
  return roles.map((role, index) => ({
    id: `n${index + 1}`,
    addresses: Array.from({ length: links }, (_, link) => `10.0.${link}.${index + 1}`),
    role,
    votes: shape.votes === undefined ? role !== 'worker' : index < shape.votes,
    labels: {},
    state: 'active',
    place: PLACE,
    statePlace: PLACE,
  }));
}

function randomPing(random: RandomStream): ClusterSpec['pings'][number] {
  return {
    id: 'gateway',
    hosts: [{ kind: 'icmp', text: '10.0.0.254', host: '10.0.0.254' }],
    everyMs: 1000,
    timeoutMs: 300,
    attempts: 1,
    need: 1,
    failAfterMs: pick(random, [1000, 2000]),
    recoverAfterMs: pick(random, [1000, 3000]),
    mode: pick(random, ['relative', 'absolute']),
    onAllLost: pick(random, ['keep', 'stop']),
    place: PLACE,
  };
}

/** A spec with one group more, at the end of all orders. */
export function withNewGroup(random: RandomStream, spec: ClusterSpec, id: string): ClusterSpec {
  const members = Array.from({ length: pick(random, [1, 1, 2, 3]) }, (_, index) => `${id}-r${index + 1}`);
  const isKillable = chance(random, 0.75);
  const stopMs = isKillable ? pick(random, [500, 1000]) : pick(random, [600, 1000]);
  const resources = members.map((member) => randomResource(random, { id: member, group: id, isKillable, stopMs }));
  const before = spec.groups.map((group) => group.id);
  const runners = spec.nodes.filter((node) => node.role !== 'witness').map((node) => node.id);
  const other = (share: number) =>
    before.length > 0 && chance(random, share) ? [{ id: pick(random, before), place: PLACE }] : [];
  const group: GroupSpec = {
    id,
    members,
    desired: 'started',
    prefer: chance(random, 0.4) ? [selector(pick(random, runners))] : [],
    require: [],
    avoid: chance(random, 0.1) && runners.length > 2 ? [selector(pick(random, runners))] : [],
    requires: spec.pings.length > 0 && chance(random, 0.5) ? [{ id: spec.pings[0]?.id ?? '', place: PLACE }] : [],
    after: other(0.15),
    with: other(0.15),
    apart: [],
    failback: chance(random, 0.2) ? 'auto' : 'never',
    failurePolicy: {
      restarts: between(random, 1, 3),
      withinMs: 10_000,
      // biome-ignore lint/suspicious/noThenProperty: the spec's own word.
      then: pick(random, ['move', 'move', 'move', 'stop']),
      forgetAfterMs: pick(random, [4000, 8000]),
    },
    stopBudgetMs: isKillable ? pick(random, [300, 500, 1000, 2000]) : members.length * stopMs,
    exclusive: 'lease',
    place: PLACE,
  };
  const withApart: GroupSpec =
    group.with.length === 0 && before.length > 0 && chance(random, 0.15)
      ? { ...group, apart: [{ id: pick(random, before), place: PLACE }] }
      : group;
  return withGroups(spec, [...spec.groups, withApart], [...spec.resources, ...resources]);
}

function randomResource(
  random: RandomStream,
  options: { readonly id: string; readonly group: string; readonly isKillable: boolean; readonly stopMs: number },
): ResourceSpec {
  return {
    id: options.id,
    group: options.group,
    type: options.isKillable ? KILLABLE_TYPE : UNKILLABLE_TYPE,
    params: { version: '1', [RELOADABLE]: '1' },
    checks: [],
    monitors: chance(random, 0.8) ? [{ everyMs: pick(random, [1000, 2000, 3000]), timeoutMs: 500, depth: 0 }] : [],
    timeouts: { startMs: 800, stopMs: options.stopMs, monitorMs: 500 },
    onFail: { monitor: 'restart', start: pick(random, ['restart', 'move']), stop: 'block' },
    exclusive: 'lease',
    place: PLACE,
  };
}

/** A spec with these groups and resources, in the order that a spec has them. */
export function withGroups(
  spec: ClusterSpec,
  groups: readonly GroupSpec[],
  resources: readonly ResourceSpec[],
): ClusterSpec {
  return { ...spec, groups: sortedBy(groups, (group) => group.id), resources: sortedBy(resources, (each) => each.id) };
}

/** Names one node. */
export function selector(node: string): NodeSelector {
  return { kind: 'node', node, place: PLACE };
}
