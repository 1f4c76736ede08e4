import type { NodeSelector, NodeSpec } from '../model/cluster-spec.js';

/** A function that gives the ids of the nodes that a selector names, in order of id. */
export function nodeLookup(nodes: readonly NodeSpec[]): (selector: NodeSelector) => readonly string[] {
  const byName = new Map(nodes.map((node) => [node.id, [node.id]]));
  const byLabel = new Map<string, string[]>();
  for (const node of nodes) {
    for (const [label, value] of Object.entries(node.labels)) {
      const key = JSON.stringify([label, value]);
      const known = byLabel.get(key);
      if (known === undefined) byLabel.set(key, [node.id]);
      else known.push(node.id);
    }
  }
  return (selector) => {
    if (selector.kind === 'node') return byName.get(selector.node) ?? NONE;
    return byLabel.get(JSON.stringify([selector.label, selector.value])) ?? NONE;
  };
}

const NONE: readonly string[] = [];
