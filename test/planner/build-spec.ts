/** Small specs and observations for the planner's tests, without text and files. */
import type {
  ClusterSpec,
  GroupSpec,
  NodeSelector,
  NodeSpec,
  PingSpec,
  ResourceSpec,
} from '../../src/model/cluster-spec.js';
import type { LeaseState } from '../../src/model/lease.js';
import type {
  FencingObservation,
  LeaseObservation,
  NodeObservation,
  ObservedCluster,
  PingObservation,
  ResourceObservation,
  ResourceState,
} from '../../src/model/observation.js';
import type { Place } from '../../src/model/source.js';

const PLACE: Place = { file: 'test.yaml', line: 1, column: 1 };

/** What a test says of a group; everything else is usual. */
export interface GroupWish {
  readonly members?: readonly string[];
  readonly desired?: GroupSpec['desired'];
  /** Node ids, or `label=value`. */
  readonly prefer?: readonly string[];
  readonly require?: readonly string[];
  readonly avoid?: readonly string[];
  readonly requires?: readonly string[];
  readonly after?: readonly string[];
  readonly with?: readonly string[];
  readonly apart?: readonly string[];
  readonly failback?: GroupSpec['failback'];
  readonly exclusive?: GroupSpec['exclusive'];
}

/** What a test says of a node. */
export interface NodeWish {
  readonly role?: NodeSpec['role'];
  readonly state?: NodeSpec['state'];
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a test says of a cluster. A group without members has one member of its own name. */
export interface SpecWish {
  readonly nodes: Readonly<Record<string, NodeWish>>;
  readonly groups: Readonly<Record<string, GroupWish>>;
  readonly pings?: Readonly<Record<string, Partial<PingSpec>>>;
  readonly checks?: ClusterSpec['checks'];
  readonly onLoss?: ClusterSpec['quorum']['onLoss'];
}

/** A complete spec from a few wishes. */
export function buildSpec(wish: SpecWish): ClusterSpec {
  const groups = sortedEntries(wish.groups).map(([id, group]) => buildGroup(id, group));
  return {
    name: 'test',
    quorum: { onLoss: wish.onLoss ?? 'stop', firstStart: 'see', place: PLACE },
    heartbeat: {
      port: 7418,
      everyMs: 500,
      leaseMs: 3000,
      clockDrift: 0.09,
      warnAfterMs: 2000,
      keys: [{ kind: 'environment', name: 'KEY', place: PLACE }],
      place: PLACE,
    },
    nodes: sortedEntries(wish.nodes).map(([id, node], index) => ({
      id,
      addresses: [`127.0.1.${index + 1}`],
      role: node.role ?? 'member',
      votes: node.role !== 'worker',
      labels: node.labels ?? {},
      state: node.state ?? 'active',
      place: PLACE,
      statePlace: PLACE,
    })),
    pings: sortedEntries(wish.pings ?? {}).map(([id, ping]) => ({
      id,
      hosts: ['127.0.9.1', '127.0.9.2'].map((host) => ({ kind: 'icmp', text: host, host })),
      everyMs: 2000,
      timeoutMs: 1000,
      attempts: 3,
      need: 1,
      failAfterMs: 5000,
      recoverAfterMs: 10_000,
      mode: 'relative',
      onAllLost: 'keep',
      place: PLACE,
      ...ping,
    })),
    checks: wish.checks ?? [],
    health: [],
    groups,
    resources: groups
      .flatMap((group) => group.members.map((member) => buildResource(member, group.id)))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    fencing: { devices: [], levels: [], prefer: [], headStartMs: 15_000, watchdog: null },
    alerts: [],
    startsPerNodeMax: 8,
  };
}

function buildGroup(id: string, wish: GroupWish): GroupSpec {
  const names = (ids: readonly string[] | undefined) => (ids ?? []).map((name) => ({ id: name, place: PLACE }));
  return {
    id,
    members: wish.members ?? [id],
    desired: wish.desired ?? 'started',
    prefer: (wish.prefer ?? []).map(selectorOf),
    require: (wish.require ?? []).map(selectorOf),
    avoid: (wish.avoid ?? []).map(selectorOf),
    requires: names(wish.requires),
    after: names(wish.after),
    with: names(wish.with),
    apart: names(wish.apart),
    failback: wish.failback ?? 'never',
    // biome-ignore lint/suspicious/noThenProperty: that is what the field is called.
    failurePolicy: { restarts: 3, withinMs: 600_000, then: 'move', forgetAfterMs: 1_800_000 },
    stopBudgetMs: 2000,
    exclusive: wish.exclusive ?? 'lease',
    place: PLACE,
  };
}

function buildResource(id: string, group: string): ResourceSpec {
  return {
    id,
    group,
    type: 'builtin:noop',
    params: {},
    monitors: [],
    checks: [],
    timeouts: { startMs: 20_000, stopMs: 20_000, monitorMs: 20_000 },
    onFail: { monitor: 'restart', start: 'move', stop: 'block' },
    exclusive: 'lease',
    place: PLACE,
  };
}

function selectorOf(text: string): NodeSelector {
  const [label, value] = text.split('=');
  if (label === undefined || value === undefined) return { kind: 'node', node: text, place: PLACE };
  return { kind: 'label', label, value, place: PLACE };
}

function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * What a test says is observed, tersely.
 *
 * Shape: a node is `online`, `offline` or `unknown`, then `leaving`, `left`, `quorate` or `alone` (no majority); a lease `NODE STATE [EPOCH]`, several as a list; a resource on a node its state, then `banned`, `blocked`,
 * `backingOff`, `busy`, `fence`, `failures=N`, `start=MS`, `stop=MS`, `drift=WORDS` and at the end `because=WORDS`. `fencing` says of a node `BY: WORDS`, or only the words where nobody is at it. `rest` fills in every resource on every online node that is not named.
 */
export interface ObservedWish {
  readonly self?: string | null;
  readonly nodes: Readonly<Record<string, string>>;
  readonly leases?: Readonly<Record<string, string | readonly string[]>>;
  readonly resources?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly rest?: ResourceState;
  readonly fencing?: Readonly<Record<string, string>>;
  /** By ping and node the hosts that answer; `2 less` while rounds find less already, `0 more` while they find more. */
  readonly pings?: Readonly<Record<string, Readonly<Record<string, number | string | null>>>>;
  /** By node and name. */
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A complete observation from a few wishes. */
export function buildObserved(spec: ClusterSpec, wish: ObservedWish): ObservedCluster {
  const nodes = sortedEntries(wish.nodes).map(([node, text]) => readNode(node, text));
  const resources = sortedEntries(wish.resources ?? {}).flatMap(([resource, on]) =>
    sortedEntries(on).map(([node, text]) => readResource(resource, node, text)),
  );
  const { rest } = wish;
  if (rest !== undefined) {
    const named = new Set(resources.map((each) => `${each.resource} ${each.node}`));
    for (const { id } of spec.resources) {
      for (const { node, liveness } of nodes) {
        if (liveness !== 'online' || named.has(`${id} ${node}`)) continue;
        resources.push({ resource: id, node, state: rest, busy: false, failures: 0, banned: false, blocked: false });
      }
    }
  }
  const leases = sortedEntries(wish.leases ?? {}).flatMap(([group, text]) =>
    (typeof text === 'string' ? [text] : text).map((each) => readLease(group, each)),
  );
  const pings: PingObservation[] = sortedEntries(wish.pings ?? {}).flatMap(([ping, on]) =>
    sortedEntries(on).map(([node, seen]) => ({ ping, node, ...readReach(seen) })),
  );
  const attributes = sortedEntries(wish.attributes ?? {}).flatMap(([node, own]) =>
    sortedEntries(own).map(([name, value]) => ({ node, name, value, isLasting: false })),
  );
  const known = { self: wish.self ?? null, nodes, resources, leases, pings };
  const observed = attributes.length === 0 ? known : { ...known, attributes };
  if (wish.fencing === undefined) return observed;
  return { ...observed, fencing: sortedEntries(wish.fencing).map(([node, text]) => readFencing(node, text)) };
}

function readNode(node: string, text: string): NodeObservation {
  const words = text.split(' ');
  const liveness = words[0];
  if (liveness !== 'online' && liveness !== 'offline' && liveness !== 'unknown')
    throw new Error(`node ${node}: ${text}`);
  const quorate = words.includes('quorate') ? true : words.includes('alone') ? false : null;
  const left = words.includes('left') ? { left: true as const } : {};
  return { node, liveness, leaving: words.includes('leaving'), ...left, quorate };
}

const LEASE_STATES: readonly LeaseState[] = ['claim', 'own', 'stop', 'lapsed'];

function readLease(group: string, text: string): LeaseObservation {
  const [node = '', word, epoch] = text.split(' ');
  const state = LEASE_STATES.find((each) => each === word);
  if (state === undefined) throw new Error(`lease of ${group}: ${text}`);
  return { group, node, epoch: epoch === undefined ? 1 : Number(epoch), state };
}

const RESOURCE_STATES: readonly ResourceState[] = ['unknown', 'stopped', 'starting', 'running', 'failed', 'stopping'];

function readResource(resource: string, node: string, text: string): ResourceObservation {
  const [before = '', because] = text.split(' because=');
  const [said = '', drift] = before.split(' drift=');
  const words = said.split(' ');
  const state = RESOURCE_STATES.find((each) => each === words[0]);
  if (state === undefined) throw new Error(`${resource} on ${node}: ${text}`);
  const numberAfter = (prefix: string): number | undefined => {
    const word = words.find((each) => each.startsWith(prefix));
    return word === undefined ? undefined : Number(word.slice(prefix.length));
  };
  const start = numberAfter('start=');
  const stop = numberAfter('stop=');
  return {
    resource,
    node,
    state,
    busy: words.includes('busy'),
    failures: numberAfter('failures=') ?? 0,
    banned: words.includes('banned'),
    blocked: words.includes('blocked'),
    ...(because === undefined ? {} : { reason: because }),
    ...(words.includes('backingOff') ? { backingOff: true } : {}),
    ...(words.includes('halted') ? { halted: true } : {}),
    ...(words.includes('fence') ? { fence: true } : {}),
    ...(words.includes('outdated') ? { outdated: true } : {}),
    ...(words.includes('reloadable') ? { reloadable: true } : {}),
    ...(drift === undefined ? {} : { drift }),
    ...(start === undefined ? {} : { startTookMs: start }),
    ...(stop === undefined ? {} : { stopTookMs: stop }),
  };
}

function readFencing(node: string, said: string): FencingObservation {
  const at = said.indexOf(': ');
  return at < 0 ? { node, by: null, text: said } : { node, by: said.slice(0, at), text: said.slice(at + 2) };
}

function readReach(seen: number | string | null): Pick<PingObservation, 'reachable' | 'turning'> {
  if (typeof seen !== 'string') return { reachable: seen };
  const [reachable, turning] = seen.split(' ');
  return { reachable: Number(reachable), turning: turning === 'more' ? 'more' : 'less' };
}
