import type { DeclaredNames } from './rule.js';
import type { SourceMap, SourceNode } from './source-tree.js';

/** Collects the names from the tree as it was read, whatever the shape of what they name. */
export function declaredNames(root: SourceMap): DeclaredNames {
  const groups = entryOf(root, 'groups');
  const resources = keysOf(entryOf(root, 'resources'));
  const members = new Set<string>();
  for (const group of valuesOf(groups)) {
    for (const member of valuesOf(entryOf(group, 'members'))) if (member.kind === 'scalar') members.add(member.text);
  }
  const nodes = entryOf(root, 'nodes');
  return {
    nodes: keysOf(nodes),
    pings: keysOf(entryOf(root, 'pings')),
    checks: keysOf(entryOf(root, 'checks')),
    groups: new Set([...keysOf(groups), ...[...resources].filter((resource) => !members.has(resource))]),
    resources,
    fenceDevices: keysOf(entryOf(entryOf(root, 'fencing'), 'devices')),
    labels: new Set(valuesOf(nodes).flatMap((node) => [...keysOf(entryOf(node, 'labels'))])),
  };
}

function entryOf(node: SourceNode | undefined, key: string): SourceNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

function keysOf(node: SourceNode | undefined): ReadonlySet<string> {
  return new Set(node?.kind === 'map' ? node.entries.keys() : []);
}

function valuesOf(node: SourceNode | undefined): SourceNode[] {
  if (node?.kind === 'map') return [...node.entries.values()].map((entry) => entry.value);
  return node?.kind === 'list' ? [...node.items] : [];
}
