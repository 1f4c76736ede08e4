/** Specs of small clusters, with everything filled in that a test does not speak of. */
import type { AlertEvent } from '../../src/model/alert.js';
import type {
  AlertReceiver,
  ClusterSpec,
  GroupSpec,
  NodeSpec,
  PingSpec,
  QuorumSpec,
  ResourceSpec,
} from '../../src/model/cluster-spec.js';

const place = { file: 'test.yaml', line: 1, column: 1 };

/** What a test says of a group. Members default to one of the group's name. */
export interface GroupWish {
  readonly members?: readonly string[];
  readonly prefer?: readonly string[];
  readonly require?: readonly string[];
  readonly desired?: GroupSpec['desired'];
  readonly requires?: readonly string[];
  readonly failback?: GroupSpec['failback'];
  readonly stopBudgetMs?: number;
  readonly restarts?: number;
  readonly exclusive?: GroupSpec['exclusive'];
}

/** What a test says of a cluster. Nodes default to n1, n2 and n3, all of them members. */
export interface SpecWish {
  readonly name?: string;
  readonly nodes?: Readonly<Record<string, Partial<Pick<NodeSpec, 'role' | 'state' | 'addresses' | 'votes'>>>>;
  readonly groups: Readonly<Record<string, GroupWish>>;
  readonly resources?: Readonly<Record<string, Partial<ResourceSpec>>>;
  readonly pings?: Readonly<Record<string, Partial<PingSpec>>>;
  readonly quorum?: Partial<Omit<QuorumSpec, 'place'>>;
  readonly startsPerNodeMax?: number;
  readonly leaseMs?: number;
  readonly checks?: ClusterSpec['checks'];
  readonly health?: readonly string[];
  /** Names of environment variables, the signing key's first. */
  readonly keys?: readonly string[];
  readonly fencing?: Partial<ClusterSpec['fencing']>;
  /** Receivers of alerts, with the events of which each is told. */
  readonly alerts?: Readonly<Record<string, readonly AlertEvent[]>>;
}

/** A complete spec: a heartbeat every 200 ms, leases of 1 s, stop budgets of 500 ms, so that a take-over takes P(1000) + P(500) = 1797 ms. */
export function specOf(wish: SpecWish): ClusterSpec {
  const nodes = Object.entries(wish.nodes ?? { n1: {}, n2: {}, n3: {} }).sort(byId);
  const groups = Object.entries(wish.groups).sort(byId);
  return {
    name: wish.name ?? 'test',
    quorum: { onLoss: 'stop', firstStart: 'see', ...wish.quorum, place },
    heartbeat: {
      port: 7418,
      everyMs: 200,
      leaseMs: wish.leaseMs ?? 1000,
      clockDrift: 0.09,
      warnAfterMs: 800,
      keys: (wish.keys ?? ['KEY']).map((name) => ({ kind: 'environment', name, place })),
      place,
    },
    nodes: nodes.map(([id, node], i) => ({
      id,
      addresses: [`10.0.0.${i + 1}`],
      role: 'member',
      votes: node.role !== 'worker',
      labels: {},
      state: 'active',
      ...node,
      place,
      statePlace: place,
    })),
    pings: Object.entries(wish.pings ?? {}).map(([id, ping]) => pingOf(id, ping)),
    checks: wish.checks ?? [],
    health: (wish.health ?? []).map((id) => ({ id, place })),
    groups: groups.map(([id, group]) => groupOf(id, group)),
    resources: groups
      .flatMap(([id, group]) =>
        (group.members ?? [id]).map((member) => resourceOf(member, id, wish.resources?.[member])),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    fencing: { devices: [], levels: [], prefer: [], headStartMs: 15_000, watchdog: null, ...wish.fencing },
    alerts: Object.entries(wish.alerts ?? {}).map(([id, on]) => receiverOf(id, on)),
    startsPerNodeMax: wish.startsPerNodeMax ?? 10,
  };
}

function receiverOf(id: string, on: readonly AlertEvent[]): AlertReceiver {
  const program = { path: '/bin/true', recipient: null, params: {}, timestampFormat: '%T' };
  return { kind: 'program', id, on, ...program, timeoutMs: 1000, retries: 0, place };
}

function byId([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function pingOf(id: string, ping: Partial<PingSpec>): PingSpec {
  return {
    id,
    hosts: [{ kind: 'icmp', text: '10.0.0.254', host: '10.0.0.254' }],
    everyMs: 500,
    timeoutMs: 200,
    attempts: 1,
    need: 1,
    failAfterMs: 1000,
    recoverAfterMs: 1000,
    mode: 'relative',
    onAllLost: 'keep',
    place,
    ...ping,
  };
}

function groupOf(id: string, group: GroupWish): GroupSpec {
  const named = (ids: readonly string[] = []) => ids.map((node) => ({ kind: 'node', node, place }) as const);
  return {
    id,
    members: group.members ?? [id],
    desired: group.desired ?? 'started',
    prefer: named(group.prefer),
    require: named(group.require),
    avoid: [],
    requires: (group.requires ?? []).map((ping) => ({ id: ping, place })),
    after: [],
    with: [],
    apart: [],
    failback: group.failback ?? 'never',
    // biome-ignore lint/suspicious/noThenProperty: the spec's own word
    failurePolicy: { restarts: group.restarts ?? 3, withinMs: 600_000, then: 'move', forgetAfterMs: 1_800_000 },
    stopBudgetMs: group.stopBudgetMs ?? 500,
    exclusive: group.exclusive ?? 'lease',
    place,
  };
}

function resourceOf(id: string, group: string, wish: Partial<ResourceSpec> = {}): ResourceSpec {
  return {
    id,
    group,
    type: 'script',
    params: {},
    checks: [],
    monitors: [{ everyMs: 1000, timeoutMs: 500, depth: 0 }],
    timeouts: { startMs: 1000, stopMs: 300, monitorMs: 500 },
    onFail: { monitor: 'restart', start: 'restart', stop: 'block' },
    exclusive: 'lease',
    place,
    ...wish,
  };
}
