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
import type { StepTime } from './input-effect.js';
import type { Mind } from './mind.js';

/** Says in this node's record what changed in this step. */
export function publishSelf(mind: Mind, time: StepTime): void {
  const { records, node } = mind;
  const { nowMs } = time;
  const largest = (pick: (each: { readonly leaseMs: number; readonly stopBudgetMs: number }) => number) =>
    Math.max(0, ...mind.promised.filter((each) => each.untilWallMs >= time.wallMs).map(pick));
  const self: SelfReport = {
    incarnation: mind.holder.incarnation,
    leaving: mind.isLeaving,
    quorate: isQuorate(mind.holder, nowMs),
    revision: mind.revisions.inForce,
    leaseMsMax: Math.max(
      mind.spec.heartbeat.leaseMs,
      largest((each) => each.leaseMs),
    ),
    stopBudgetMsMax: largest((each) => each.stopBudgetMs),
    software: mind.software,
  };
  publish(records, 'self', { kind: 'self', self });
  publishHeard(mind, nowMs);
  for (const id of mind.touched) {
    const life = mind.lives.get(id);
    const observation = life === undefined ? null : observeLife(life, node, nowMs);
    const isNews =
      observation !== null && (observation.state !== 'unknown' || observation.busy || observation.failures > 0);
    publish(records, `resource:${id}`, isNews ? { kind: 'resource', resource: observation } : null);
  }
  if (mind.touched.size > 0) mind.guard.isStale = true;
  mind.touched.clear();
  publishLeases(mind);
  for (const [id, watch] of mind.pings) {
    const { reachable, differs } = watch;
    const ping: PingObservation = { ping: id, node, reachable, ...(differs === null ? {} : { turning: differs }) };
    publish(records, `ping:${id}`, { kind: 'ping', ping });
  }
}

function publishLeases(mind: Mind): void {
  for (const held of mind.holder.held.values()) {
    const lease: LeaseObservation = {
      group: groupOfKey(held.key),
      node: mind.node,
      epoch: held.epoch,
      state: held.state,
    };
    publish(mind.records, `lease:${held.key}`, { kind: 'lease', lease });
  }
  for (const value of valuesOf(mind.records, mind.node)) {
    if (value.kind !== 'lease' || mind.holder.held.has(value.lease.group)) continue;
    publish(mind.records, `lease:${value.lease.group}`, null);
  }
}

/** One entry per peer: all of them together would not fit a datagram in a large cluster. */
function publishHeard(mind: Mind, nowMs: number): void {
  for (const peer of mind.hearing.heard.keys()) {
    const live = liveLinks(mind.hearing, { peer, nowMs, silenceMs: mind.holder.leaseMs });
    publish(mind.records, `heard:${peer}`, live.length > 0 ? { kind: 'heard', links: { [peer]: live } } : null);
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

/** Whether a node is there, by this node's lights. */
export function liveness(mind: Mind, node: string, nowMs: number): NodeObservation['liveness'] {
  if (node === mind.node) return 'online';
  const silenceMs = mind.holder.leaseMs;
  const heardByOthers = mind.spec.nodes.some(
    (other) =>
      other.id !== node &&
      other.id !== mind.node &&
      nowMs - lastHeardMs(mind.hearing, other.id) < silenceMs &&
      recordValue(mind.records, other.id, `heard:${node}`) !== null,
  );
  return livenessOf(mind.hearing, { peer: node, nowMs, silenceMs, heardByOthers });
}

/** The cluster as this node knows it: the planner's input. */
export function observeCluster(mind: Mind, nowMs: number): ObservedCluster {
  const nodes: NodeObservation[] = [];
  const resources: ResourceObservation[] = [];
  const leases: LeaseObservation[] = [];
  const pings: PingObservation[] = [];
  for (const { id } of mind.spec.nodes) {
    const self = selfReport(mind, id);
    nodes.push({
      node: id,
      liveness: liveness(mind, id, nowMs),
      leaving: self?.leaving ?? false,
      quorate: self?.quorate ?? null,
    });
    for (const value of valuesOf(mind.records, id)) {
      if (value.kind === 'resource') resources.push(value.resource);
      else if (value.kind === 'lease') leases.push(value.lease);
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

/** What changes when who is there changes: one letter for each node. */
export function livenessPrint(mind: Mind, nowMs: number): string {
  return mind.spec.nodes.map((node) => liveness(mind, node.id, nowMs).slice(0, 2)).join('');
}
