/**
 * What was changed outside of the spec: what agents say of things that they looked at, and what runs where nothing gave it the right to.
 */
import { compareIds } from '../base/order.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Drift, ObservedCluster, ResourceObservation } from '../model/observation.js';
import type { Plan } from '../model/plan.js';

/** What is said of a resource that runs without the lease of its group. */
export const STRAY = 'running without a lease';

/**
 * The drift of a cluster. What only waits to be adopted where it runs is none, as long as nobody else has its group.
 *
 * Shape: in order of resource, then node; only of nodes that are there, since what others said last may be long over.
 */
export function driftOf(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}): Drift[] {
  const { spec, observed, plan } = options;
  const online = new Set(observed.nodes.filter(({ liveness }) => liveness === 'online').map(({ node }) => node));
  const groups = new Map(spec.resources.map(({ id, group }) => [id, group]));
  const held = new Set(observed.leases.map(({ group, node }) => `${group} ${node}`));
  const owned = new Set(observed.leases.filter(({ state }) => state !== 'claim').map(({ group }) => group));
  const places = new Map(plan.placements.map(({ group, node }) => [group, node]));
  const isStray = ({ resource, node, state, busy }: ResourceObservation): boolean => {
    const group = groups.get(resource);
    if (group === undefined || busy || (state !== 'running' && state !== 'failed')) return false;
    return !held.has(`${group} ${node}`) && (owned.has(group) || places.get(group) !== node);
  };
  return observed.resources
    .filter(({ node }) => online.has(node))
    .flatMap((seen) => {
      const { resource, node } = seen;
      const texts = [...(seen.drift === undefined ? [] : [seen.drift]), ...(isStray(seen) ? [STRAY] : [])];
      return texts.map((text) => ({ resource, node, text }));
    })
    .sort((a, b) => compareIds(a.resource, b.resource) || compareIds(a.node, b.node));
}
