import { compareIds } from '../base/order.js';
import { valuesOf } from '../membership/records.js';
import type {
  LeaseObservation,
  NodeObservation,
  ObservedCluster,
  PingObservation,
  ResourceObservation,
} from '../model/observation.js';
import { observeAttributes } from './attributes.js';
import { observeFencing } from './fencing-report.js';
import { isCertified } from './fencing-state.js';
import type { Mind } from './mind.js';
import { hasLeftInOrder, liveness, selfReport, whoIsTold } from './observe.js';
import { mayStillHold } from './silence.js';

/** The cluster as this node knows it: the planner's input. */
export function observeCluster(mind: Mind, nowMs: number): ObservedCluster {
  const nodes: NodeObservation[] = [];
  const resources: ResourceObservation[] = [];
  const leases: LeaseObservation[] = [];
  const pings: PingObservation[] = [];
  const isTold = whoIsTold(mind, nowMs);
  for (const { id } of mind.spec.nodes) {
    const self = selfReport(mind, id);
    const seen = liveness(mind, id, nowMs, isTold);
    nodes.push({
      node: id,
      liveness: seen,
      leaving: self?.leaving ?? false,
      ...(hasLeftInOrder(mind, id, seen) ? { left: true } : {}),
      quorate: self?.quorate ?? null,
    });
    // What a life said that is certified to be dead is over.
    if (self !== null && isCertified(mind.fencing, id, self.incarnation)) continue;
    const isHolder = mayStillHold(mind, id, nowMs);
    for (const value of valuesOf(mind.records, id)) {
      if (value.kind === 'resource') resources.push(value.resource);
      else if (value.kind === 'lease' && (isHolder || mind.index.fenced.has(value.lease.group)))
        leases.push(value.lease);
      else if (value.kind === 'ping') pings.push(value.ping);
    }
  }
  resources.sort((a, b) => compareIds(a.resource, b.resource) || compareIds(a.node, b.node));
  pings.sort((a, b) => compareIds(a.ping, b.ping) || compareIds(a.node, b.node));
  const fencing = observeFencing(mind, nowMs);
  const attributes = observeAttributes(mind);
  return {
    self: mind.node,
    nodes,
    resources,
    leases: newestLeases(leases),
    pings,
    ...(fencing.length === 0 ? {} : { fencing }),
    ...(attributes.length === 0 ? {} : { attributes }),
  };
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
