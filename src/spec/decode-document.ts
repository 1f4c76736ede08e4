/** From a document of the right shape to a spec: every default filled, every place noted. References are not looked up here; the rules do. */
import { sortedBy } from '../base/order.js';
import type {
  ClusterSpec,
  HeartbeatSpec,
  NodeSpec,
  PingSpec,
  QuorumSpec,
  SecretReference,
} from '../model/cluster-spec.js';
import type { Target } from '../model/target.js';
import { decodeAlerts } from './decode-alerts.js';
import { decodeNodeChecks } from './decode-checks.js';
import { decodeFencing } from './decode-fencing.js';
import { decodeGroups } from './decode-groups.js';
import { healthUses } from './decode-health.js';
import { decodeResources } from './decode-resources.js';
import { decodeSecret } from './decode-secret.js';
import { defaults } from './defaults.js';
import type { ClusterDocument, Node, Ping } from './raw-document.js';
import type { SourceIndex } from './source-index.js';
import { parseTarget } from './target.js';
import { msOr } from './written-duration.js';

/** Decodes a document. */
export function decodeDocument(document: ClusterDocument, source: SourceIndex): ClusterSpec {
  const groupOf = new Map<string, string>();
  for (const [group, { members }] of Object.entries(document.groups ?? {})) {
    for (const member of members) if (!groupOf.has(member)) groupOf.set(member, group);
  }
  const resources = decodeResources({ document, source, groupOf });
  return {
    name: document.cluster.name,
    quorum: decodeQuorum(document, source),
    heartbeat: decodeHeartbeat(document, source),
    nodes: entriesById(document.nodes).map(([id, node]) => decodeNode(id, node, source)),
    pings: entriesById(document.pings ?? {}).map(([id, ping]) => decodePing(id, ping, source)),
    checks: decodeNodeChecks(document, source),
    health: healthUses(document.health, source),
    groups: decodeGroups({ document, source, groupOf, resources }),
    resources,
    fencing: decodeFencing(document, source),
    alerts: decodeAlerts(document, source),
    startsPerNodeMax: document.concurrency?.startsPerNode ?? defaults.startsPerNode,
  };
}

/** The entries of a map in order of id. */
function entriesById<T>(map: Readonly<Record<string, T>>): [string, T][] {
  return sortedBy(Object.entries(map), ([id]) => id);
}

function decodeQuorum(document: ClusterDocument, source: SourceIndex): QuorumSpec {
  const usual = defaults.quorum;
  const { onLoss = usual.onLoss, firstStart = usual.firstStart, acknowledge } = document.quorum ?? {};
  const { place } = source.has('quorum', 'onLoss') ? source.key('quorum', 'onLoss') : source.key('quorum');
  if (onLoss === 'stop' || acknowledge === undefined) return { onLoss, firstStart, place };
  return { onLoss, acknowledge, firstStart, place };
}

function decodeHeartbeat(document: ClusterDocument, source: SourceIndex): HeartbeatSpec {
  const heartbeat = document.heartbeat ?? {};
  const { everyPart, warnAfterPart, clockDrift, keyFile } = defaults.heartbeat;
  const leaseMs = msOr(heartbeat.lease, defaults.heartbeat.leaseMs);
  const { place } = source.key('heartbeat');
  return {
    port: heartbeat.port ?? defaults.heartbeat.port,
    everyMs: msOr(heartbeat.every, Math.floor(leaseMs * everyPart)),
    leaseMs,
    clockDrift: heartbeat.clockDrift === undefined ? clockDrift : Number(heartbeat.clockDrift.slice(0, -1)) / 100,
    warnAfterMs: msOr(heartbeat.warnAfter, Math.floor(leaseMs * warnAfterPart)),
    keys: decodeKeys(heartbeat, source) ?? [{ kind: 'file', path: keyFile, place }],
    place,
  };
}

function decodeKeys(
  { key, keys }: NonNullable<ClusterDocument['heartbeat']>,
  source: SourceIndex,
): readonly SecretReference[] | null {
  const named = keys?.flatMap((each, index) => decodeSecret(each, source, ['heartbeat', 'keys', index]) ?? []) ?? [];
  const single = key === undefined ? null : decodeSecret(key, source, ['heartbeat', 'key']);
  if (named.length > 0) return named;
  return single === null ? null : [single];
}

function decodeNode(id: string, node: Node, source: SourceIndex): NodeSpec {
  const role = node.role ?? 'member';
  return {
    id,
    addresses: node.addresses,
    role,
    votes: role !== 'worker',
    labels: node.labels ?? {},
    state: node.state ?? 'active',
    place: source.key('nodes', id).place,
    statePlace: source.value('nodes', id, 'state').place,
  };
}

function decodePing(id: string, ping: Ping, source: SourceIndex): PingSpec {
  const { need = 'any' } = ping;
  return {
    id,
    hosts: ping.hosts.map(decodeHost),
    everyMs: msOr(ping.every, defaults.ping.everyMs),
    timeoutMs: msOr(ping.timeout, defaults.ping.timeoutMs),
    attempts: ping.attempts ?? defaults.ping.attempts,
    need: need === 'any' ? 1 : need === 'all' ? ping.hosts.length : need,
    failAfterMs: msOr(ping.failAfter, defaults.ping.failAfterMs),
    recoverAfterMs: msOr(ping.recoverAfter, defaults.ping.recoverAfterMs),
    mode: ping.mode ?? defaults.ping.mode,
    onAllLost: ping.onAllLost ?? defaults.ping.onAllLost,
    place: source.key('pings', id).place,
  };
}

/** A host that cannot be asked is told by a rule, which wants to find it where it stands. */
function decodeHost(text: string): Target {
  const target = parseTarget(text);
  return target.kind === 'bad' ? { kind: 'icmp', text, host: text } : target;
}
