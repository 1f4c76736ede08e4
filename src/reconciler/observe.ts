import { compareIds } from '../base/order.js';
import { observeLife } from '../lifecycle/resource-life.js';
import { lastHeardMs, liveLinks, livenessOf } from '../membership/hearing.js';
import { publish, recordValue, valuesOf } from '../membership/records.js';
import { groupOfKey } from '../model/lease.js';
import type {
  LeaseObservation,
  NodeObservation,
  ObservedCluster,
  PingObservation,
  ResourceObservation,
} from '../model/observation.js';
import type { SelfReport } from '../model/record.js';
import { isQuorate } from '../ownership/holder.js';
import { configurationOfLine } from '../ownership/line.js';
import type { StepTime } from './input-effect.js';
import { isLookDue } from './look.js';
import type { Mind } from './mind.js';
import { noteRunning } from './running-memory.js';
import { mayStillHold, noteSilence } from './silence.js';

/** Says in this node's record what changed in this step. Called several times in each, so nothing is built before it is known to be news. */
export function publishSelf(mind: Mind, time: StepTime): void {
  publishReport(mind, time);
  publishSeal(mind);
  if (isLookDue(mind, time.nowMs)) publishHeard(mind, time.nowMs);
  publishResources(mind, time.nowMs);
  publishLeases(mind);
  publishPings(mind);
}

function publishReport(mind: Mind, time: StepTime): void {
  const { line } = mind.voters.kept;
  let leaseMsMax = mind.spec.heartbeat.leaseMs;
  let stopBudgetMsMax = 0;
  for (const each of mind.promised) {
    if (each.untilWallMs < time.wallMs) continue;
    leaseMsMax = Math.max(leaseMsMax, each.leaseMs);
    stopBudgetMsMax = Math.max(stopBudgetMsMax, each.stopBudgetMs);
  }
  const self: SelfReport = {
    incarnation: mind.holder.incarnation,
    leaving: mind.isLeaving,
    quorate: isQuorate(mind.holder, time.nowMs),
    revision: mind.revisions.inForce,
    leaseMsMax,
    stopBudgetMsMax,
    software: mind.software,
    configuration: configurationOfLine(line),
    ...(mind.voter.quarantineUntilMs > time.nowMs ? { silent: true } : {}),
  };
  publish(mind.records, 'self', { kind: 'self', self });
}

/** Said only once it is kept: what is published in a step leaves after the step's saves. */
function publishSeal(mind: Mind): void {
  const { seal, line } = mind.voters.kept;
  publish(
    mind.records,
    'seal',
    seal === null ? null : { kind: 'seal', configuration: configurationOfLine(line), seal },
  );
}

function publishResources(mind: Mind, nowMs: number): void {
  if (mind.touched.size === 0) return;
  for (const id of mind.touched) {
    const life = mind.lives.get(id);
    const observation = life === undefined ? null : observeLife(life, mind.node, nowMs);
    const isNews =
      observation !== null && (observation.state !== 'unknown' || observation.busy || observation.failures > 0);
    noteRunning(mind.running, id, life?.running ?? null);
    publish(mind.records, `resource:${id}`, isNews ? { kind: 'resource', resource: observation } : null);
  }
  mind.guard.isStale = true;
  mind.touched.clear();
}

function publishLeases(mind: Mind): void {
  const { records, said, node } = mind;
  for (const { key, epoch, state } of mind.holder.held.values()) {
    const before = said.leases.get(key);
    if (before?.epoch === epoch && before.state === state) continue;
    const lease: LeaseObservation = { group: groupOfKey(key), node, epoch, state };
    said.leases.set(key, lease);
    publish(records, `lease:${key}`, { kind: 'lease', lease });
  }
  if (said.leases.size === mind.holder.held.size) return;
  for (const key of said.leases.keys()) {
    if (mind.holder.held.has(key)) continue;
    said.leases.delete(key);
    publish(records, `lease:${key}`, null);
  }
}

/** One entry per peer: all of them together would not fit a datagram in a large cluster. */
function publishHeard(mind: Mind, nowMs: number): void {
  const { records, said } = mind;
  for (const [peer, links] of mind.hearing.heard) {
    let live = 0;
    for (const [link, atMs] of links) if (nowMs - atMs < mind.holder.leaseMs) live |= 1 << link;
    if (said.heard.get(peer) === live) continue;
    said.heard.set(peer, live);
    const list = liveLinks(mind.hearing, { peer, nowMs, silenceMs: mind.holder.leaseMs });
    publish(records, `heard:${peer}`, list.length > 0 ? { kind: 'heard', links: { [peer]: list } } : null);
  }
}

function publishPings(mind: Mind): void {
  for (const [id, { reachable, differs }] of mind.pings) {
    const before = mind.said.pings.get(id);
    if (before?.reachable === reachable && (before.turning ?? null) === differs) continue;
    const ping: PingObservation = {
      ping: id,
      node: mind.node,
      reachable,
      ...(differs === null ? {} : { turning: differs }),
    };
    mind.said.pings.set(id, ping);
    publish(mind.records, `ping:${id}`, { kind: 'ping', ping });
  }
  if (mind.said.pings.size === mind.pings.size) return;
  for (const id of mind.said.pings.keys()) {
    if (mind.pings.has(id)) continue;
    mind.said.pings.delete(id);
    publish(mind.records, `ping:${id}`, null);
  }
}

/** What a node says of itself, null when nothing is known. */
export function selfReport(mind: Mind, node: string): SelfReport | null {
  const value = recordValue(mind.records, node, 'self');
  return value?.kind === 'self' ? value.self : null;
}

/** Whom a node says it hears, in order of id. */
export function heardBy(mind: Mind, node: string): string[] {
  const peers: string[] = [];
  for (const value of valuesOf(mind.records, node)) if (value.kind === 'heard') peers.push(...Object.keys(value.links));
  return peers.sort(compareIds);
}

/** Whether a node is there, by this node's lights. Shape: `isTold` to ask for many nodes at one moment. */
export function liveness(
  mind: Mind,
  node: string,
  nowMs: number,
  isTold: (node: string) => boolean = whoIsTold(mind, nowMs),
): NodeObservation['liveness'] {
  if (node === mind.node) return 'online';
  const silenceMs = mind.holder.leaseMs;
  if (nowMs - lastHeardMs(mind.hearing, node) < silenceMs) return 'online';
  return livenessOf(mind.hearing, { peer: node, nowMs, silenceMs, heardByOthers: isTold(node) });
}

/** Tells of a node whether a peer that is heard directly says that it hears it. What that needs is gathered once, with the first question. */
function whoIsTold(mind: Mind, nowMs: number): (node: string) => boolean {
  let told: Set<string> | null = null;
  return (node) => {
    told ??= toldNow(mind, nowMs);
    return told.has(node);
  };
}

function toldNow(mind: Mind, nowMs: number): Set<string> {
  const told = new Set<string>();
  for (const peer of mind.hearing.heard.keys()) {
    if (peer === mind.node || nowMs - lastHeardMs(mind.hearing, peer) >= mind.holder.leaseMs) continue;
    for (const value of valuesOf(mind.records, peer)) {
      if (value.kind !== 'heard') continue;
      for (const node of Object.keys(value.links)) told.add(node);
    }
  }
  return told;
}

/** The cluster as this node knows it: the planner's input. */
export function observeCluster(mind: Mind, nowMs: number): ObservedCluster {
  const nodes: NodeObservation[] = [];
  const resources: ResourceObservation[] = [];
  const leases: LeaseObservation[] = [];
  const pings: PingObservation[] = [];
  const isTold = whoIsTold(mind, nowMs);
  for (const { id } of mind.spec.nodes) {
    const self = selfReport(mind, id);
    nodes.push({
      node: id,
      liveness: liveness(mind, id, nowMs, isTold),
      leaving: self?.leaving ?? false,
      quorate: self?.quorate ?? null,
    });
    const isHolder = mayStillHold(mind, id, nowMs);
    for (const value of valuesOf(mind.records, id)) {
      if (value.kind === 'resource') resources.push(value.resource);
      else if (value.kind === 'lease' && isHolder) leases.push(value.lease);
      else if (value.kind === 'ping') pings.push(value.ping);
    }
  }
  resources.sort((a, b) => compareIds(a.resource, b.resource) || compareIds(a.node, b.node));
  pings.sort((a, b) => compareIds(a.ping, b.ping) || compareIds(a.node, b.node));
  return { self: mind.node, nodes, resources, leases: newestLeases(leases), pings };
}

/**
 * Of each group's leases those that can still be true: an owner of a higher epoch ends what older records say, such as those of a node that died.
 */
function newestLeases(leases: readonly LeaseObservation[]): LeaseObservation[] {
  const newest = new Map<string, number>();
  for (const lease of leases) {
    if (lease.state === 'claim') continue;
    newest.set(lease.group, Math.max(newest.get(lease.group) ?? 0, lease.epoch));
  }
  return leases
    .filter((lease) => lease.epoch >= (newest.get(lease.group) ?? 0))
    .sort((a, b) => compareIds(a.group, b.group) || compareIds(a.node, b.node));
}

/** Looks who is there, and since when who is not. Returns a text that changes when something of it does that is observed: two letters for each node. */
export function watchPeers(mind: Mind, nowMs: number): string {
  const isMajorityHere = isQuorate(mind.holder, nowMs);
  const isTold = whoIsTold(mind, nowMs);
  const seen = mind.spec.nodes.map(({ id: node }) => {
    const state = liveness(mind, node, nowMs, isTold);
    noteSilence(mind, { node, isSilent: state !== 'online', isQuorate: isMajorityHere, nowMs });
    return mayStillHold(mind, node, nowMs) ? state.slice(0, 2) : 'no';
  });
  return seen.join('');
}
