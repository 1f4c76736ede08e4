import { formatDuration } from '../base/duration.js';
import { isPolled, POLLING_MS } from '../lifecycle/nudge-limit.js';
import { lastHeardMs, liveLinks } from '../membership/hearing.js';
import { describeBanEnd } from '../model/ban-end.js';
import { attributesByNode, describeAttributes, isOfAttributes, noAttributes } from '../model/attribute-probe.js';
import type { NodeSpec } from '../model/cluster-spec.js';
import type { LeaseObservation, ObservedCluster, ResourceObservation } from '../model/observation.js';
import type {
  Condition,
  FailureStatus,
  FencingStatus,
  LeaseStatus,
  NodeStatus,
  PingStatus,
  Status,
} from '../model/status.js';
import { newestResourceEpoch } from '../ownership/known-epochs.js';
import { describeGroups } from './describe-groups.js';
import { describeQuorum, keepsWhatItHolds } from './describe-quorum.js';
import { outlivesWatchdog } from './guard-orders.js';
import type { StepTime } from './input-effect.js';
import type { Mind } from './mind.js';
import { describeFencing } from './fencing-report.js';
import { heardBy, liveness, selfReport } from './observe.js';
import { observeCluster } from './observe-cluster.js';
import { verdictOf } from './verdict.js';

/** Resources that a condition about many of them names. */
const POLLED_NAMED_MAX = 5;

/** The cluster as this mind sees it, for people. Reads the mind, changes nothing. Shape: `at` is the wall time in ISO 8601. */
export function describe(mind: Mind, time: StepTime, at: string): Status {
  const { nowMs } = time;
  const observed = observeCluster(mind, nowMs);
  const quorum = describeQuorum(mind, nowMs);
  const groups = describeGroups(mind, observed, quorum.quorate);
  const fencing = describeFencing(mind, nowMs);
  const gone = new Set(observed.nodes.flatMap(({ node, left }) => (left === true ? [node] : [])));
  const conditions = describeConditions(mind, { fencing, gone }, nowMs);
  const { health, verdict } = verdictOf({
    groups,
    quorum,
    keepsWhatItHolds: keepsWhatItHolds(mind, nowMs),
    isNew: nowMs - mind.startedAtMs < mind.holder.leaseMs,
    conditions,
    waits: mind.plan?.waits ?? [],
    nodes: observed.nodes,
  });
  return {
    cluster: mind.spec.name,
    node: mind.node,
    role: mind.index.nodes.get(mind.node)?.role ?? 'member',
    verdict,
    health,
    at,
    uptimeMs: Math.round(nowMs - mind.startedAtMs),
    software: mind.software,
    revision: mind.revisions.inForce,
    quorum,
    nodes: mind.spec.nodes.map((node) => describeNode(mind, { node, isGone: gone.has(node.id) }, nowMs)),
    groups,
    leases: describeLeases(mind, observed, nowMs),
    pings: describePings(mind, observed).filter(({ node }) => !gone.has(node)),
    failures: describeFailures(mind, observed, nowMs),
    ...(fencing.length === 0 ? {} : { fencing }),
    conditions,
    counters: Object.fromEntries([...mind.counters, ['replayed heartbeats', mind.voter.replays]]),
    observed,
    plan: mind.plan,
  };
}

function describeNode(
  mind: Mind,
  { node, isGone }: { readonly node: NodeSpec; readonly isGone: boolean },
  nowMs: number,
): NodeStatus {
  const self = selfReport(mind, node.id);
  const isSelf = node.id === mind.node;
  const heardMs = lastHeardMs(mind.hearing, node.id);
  const live = liveLinks(mind.hearing, { peer: node.id, nowMs, silenceMs: mind.holder.leaseMs });
  const ownLinks = mind.index.nodes.get(mind.node)?.addresses.length ?? 0;
  return {
    node: node.id,
    role: node.role,
    state: node.state,
    liveness: liveness(mind, node.id, nowMs),
    leaving: self?.leaving ?? false,
    left: isGone,
    quorate: self?.quorate ?? null,
    heardAgoMs: isSelf || !Number.isFinite(heardMs) ? null : Math.round(nowMs - heardMs),
    links: isSelf ? [] : node.addresses.slice(0, ownLinks).map((_, link) => live.includes(link)),
    hears: heardBy(mind, node.id),
    revision: self?.revision ?? null,
    incarnation: self?.incarnation ?? null,
  };
}

function describeLeases(mind: Mind, observed: ObservedCluster, nowMs: number): LeaseStatus[] {
  const online = new Set(observed.nodes.flatMap(({ node, liveness: seen }) => (seen === 'online' ? [node] : [])));
  const shown = observed.leases.filter((lease) => online.has(lease.node) || !isOver(mind, lease));
  return shown.map((lease) => {
    const held = lease.node === mind.node ? mind.holder.held.get(lease.group) : undefined;
    const leftMs =
      held === undefined || !Number.isFinite(held.validUntilMs) ? null : Math.round(held.validUntilMs - nowMs);
    return { ...lease, leftMs };
  });
}

/** Whether this node was granted all that a silent node's lease was about under a newer epoch since. One that was only asked for proves nothing. */
function isOver({ index, holder }: Mind, { group, epoch }: LeaseObservation): boolean {
  const resources = index.exclusive.get(group) ?? [];
  return resources.length > 0 && resources.every((id) => newestResourceEpoch(holder.epochMax, [id]) > epoch);
}

function describePings(mind: Mind, observed: ObservedCluster): PingStatus[] {
  const health = new Set(mind.spec.health.map((use) => use.id));
  const attributes = attributesByNode(observed.attributes ?? []);
  return observed.pings.flatMap(({ ping: id, node, reachable, reason }): PingStatus[] => {
    const ping = mind.spec.pings.find((candidate) => candidate.id === id);
    const check = mind.spec.checks.find((candidate) => candidate.id === id);
    const wanted = ping ?? check;
    if (wanted === undefined) return [];
    const kind = ping !== undefined ? 'ping' : health.has(id) ? 'health' : 'check';
    const ok = reachable === null ? null : reachable >= wanted.need;
    const seen = attributes.get(node) ?? noAttributes;
    const isAttribute = check !== undefined && isOfAttributes(check.probe);
    const words = reason !== undefined && isAttribute ? describeAttributes(check.probe, seen) : reason;
    const why = words === undefined ? {} : { reason: words };
    return [{ kind, ping: id, node, reachable, hosts: ping?.hosts.length ?? 1, need: wanted.need, ok, ...why }];
  });
}

function describeFailures(mind: Mind, observed: ObservedCluster, nowMs: number): FailureStatus[] {
  return observed.resources
    .filter((each) => each.failures > 0 || each.blocked)
    .map((seen) => {
      const { resource, node, failures, banned, blocked, reason } = seen;
      const forgottenInMs = forgottenIn(mind, seen, nowMs);
      const times = `${failures} failure${failures === 1 ? '' : 's'}`;
      const sentence = `${resource} on ${node}: ${reason ?? 'failed'} (${times}); ${whatFollows(mind, seen, forgottenInMs)}`;
      return { resource, node, failures, banned, blocked, forgottenInMs, sentence };
    });
}

/** Only the node itself knows when it failed, and what is blocked is not forgotten. */
function forgottenIn(mind: Mind, seen: ResourceObservation, nowMs: number): number | null {
  const life = seen.node === mind.node ? mind.lives.get(seen.resource) : undefined;
  const newest = life?.failures.at(-1);
  if (life === undefined || newest === undefined || life.blocked) return null;
  return Math.max(0, Math.round(newest.atMs + life.policy.forgetAfterMs - nowMs));
}

function whatFollows(mind: Mind, seen: ResourceObservation, leftMs: number | null): string {
  const { resource, node, blocked, halted, banned } = seen;
  if (blocked)
    return `it is blocked there and nobody takes it: stop it by hand, then run \`fairlead retry ${resource} --on ${node}\``;
  const group = mind.index.groups.get(mind.index.resources.get(resource)?.group ?? '');
  if (group === undefined || (halted !== true && !banned)) return 'it is tried again there';
  const { forgetAfterMs } = group.failurePolicy;
  const end = describeBanEnd({ resource, node, forgetAfterMs, leftMs });
  return `${halted === true ? 'it is stopped everywhere' : 'it is not run there'} ${end}`;
}

/** What conditions follow from beside the mind. Shape: `gone` are the nodes that left in order. */
interface Described {
  readonly fencing: readonly FencingStatus[];
  readonly gone: ReadonlySet<string>;
}

function describeConditions(mind: Mind, described: Described, nowMs: number): Condition[] {
  const kept = [...mind.conditions.values()].map(({ sinceMs, ...each }) => ({
    ...each,
    ageMs: Math.round(nowMs - sinceMs),
  }));
  return [...kept, ...momentary(mind, described, nowMs)];
}

/** Facts that follow from the rest of the mind and are not kept apart. */
function momentary(mind: Mind, { fencing, gone }: Described, nowMs: number): Condition[] {
  const out: Condition[] = [];
  const { onLoss, acknowledge } = mind.spec.quorum;
  if (onLoss !== 'stop') {
    const sentence = `UNSAFE: quorum.onLoss is ${onLoss}, so a split can give two owners ("${acknowledge ?? ''}")`;
    out.push({ kind: 'unsafe', severity: 'warning', sentence, ageMs: Math.round(nowMs - mind.startedAtMs) });
  }
  for (const { state, sentence, node } of fencing) {
    if (state === 'fenced') continue;
    const ageMs = Math.round(nowMs - (mind.fencing.targets.get(node)?.wantedSinceMs ?? nowMs));
    out.push({ kind: 'fencing', severity: state === 'failed' ? 'error' : 'warning', sentence, ageMs });
  }
  const { watchdog } = mind.spec.fencing;
  if (watchdog !== null && !outlivesWatchdog(mind.spec)) {
    const sentence = `the watchdog ${watchdog.device} is not used: its timeout of ${formatDuration(watchdog.timeoutMs)} and two heartbeats are longer than a lease with the smallest stop budget; shorten it, or lengthen the stop budget`;
    out.push({ kind: 'watchdog', severity: 'error', sentence, ageMs: Math.round(nowMs - mind.startedAtMs) });
  }
  const polled = [...mind.lives].filter(([, life]) => isPolled(life.nudges, nowMs));
  if (polled.length > 0) {
    const ids = polled.slice(0, POLLED_NAMED_MAX).map(([id]) => id);
    const others = polled.length > ids.length ? ` and ${polled.length - ids.length} more` : '';
    const sentence = `events about ${ids.join(', ')}${others} come too often, so only monitors look for now`;
    const sinceMs = Math.min(...polled.map(([, { nudges }]) => nudges.pollsUntilMs - POLLING_MS));
    out.push({ kind: 'polling', severity: 'info', sentence, ageMs: Math.round(nowMs - sinceMs) });
  }
  for (const { id, addresses } of mind.spec.nodes) {
    if (id === mind.node) continue;
    const silence = nowMs - lastHeardMs(mind.hearing, id);
    if (gone.has(id)) {
      const sentence = `${id} left in order: it handed everything over and its daemon ended`;
      // One that went before this daemon began was never heard by it.
      const ageMs = Math.round(Math.min(silence, nowMs - mind.startedAtMs));
      out.push({ kind: 'node-left', severity: 'info', sentence, ageMs });
      continue;
    }
    if (!Number.isFinite(silence)) continue;
    const live = liveLinks(mind.hearing, { peer: id, nowMs, silenceMs: mind.holder.leaseMs });
    const shared = addresses.slice(0, mind.index.nodes.get(mind.node)?.addresses.length ?? 0);
    if (live.length === 0) {
      const sentence = `${id} was last heard ${formatDuration(silence)} ago`;
      out.push({ kind: 'node-silent', severity: 'warning', sentence, ageMs: Math.round(silence) });
    } else if (live.length < shared.length) {
      const lost = shared.filter((_, link) => !live.includes(link));
      const sentence = `${id} is not heard over ${lost.join(', ')}; the other link${live.length === 1 ? ' carries' : 's carry'} on`;
      out.push({ kind: 'link-lost', severity: 'warning', sentence, ageMs: 0 });
    }
  }
  return out;
}
