import type { GroupSpec, NodeSpec } from '../model/cluster-spec.js';
import type { RuleContext } from './rule.js';

/**
 * The nodes that may run a group by what it says of itself: no witnesses, and only those that `require` names.
 *
 * Shape: in order of id; groups with the same `require` share one list.
 */
export function allowedNodes({
  spec,
  nodesOf,
}: Pick<RuleContext, 'spec' | 'nodesOf'>): (group: GroupSpec) => readonly NodeSpec[] {
  const running = spec.nodes.filter((node) => node.role !== 'witness');
  const known = new Map<string, readonly NodeSpec[]>();
  return ({ require }) => {
    if (require.length === 0) return running;
    const key = JSON.stringify(require.map((each) => (each.kind === 'node' ? each.node : [each.label, each.value])));
    const before = known.get(key);
    if (before !== undefined) return before;
    const named = new Set(require.flatMap(nodesOf));
    const nodes = running.filter((node) => named.has(node.id));
    known.set(key, nodes);
    return nodes;
  };
}
