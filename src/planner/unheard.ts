/** Who could run a group unseen. */
import type { ObservedCluster } from '../model/observation.js';
import type { Placement } from '../model/plan.js';

/**
 * Nodes that may run a group by the spec and are not heard: where this node has no majority, the others may have taken it there.
 *
 * Shape: in the order of the candidates. What else keeps a node from the group may have changed since it was heard.
 */
export function unheardFor({ candidates }: Placement, observed: ObservedCluster): string[] {
  const heard = new Set(observed.nodes.filter(({ liveness }) => liveness === 'online').map(({ node }) => node));
  return candidates
    .filter(({ node, parts }) => {
      const isRuledOut = parts.some(({ kind, score }) => score === null && (kind === 'role' || kind === 'require'));
      return !isRuledOut && !heard.has(node);
    })
    .map(({ node }) => node);
}
