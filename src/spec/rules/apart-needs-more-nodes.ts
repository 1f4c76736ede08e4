import type { GroupSpec } from '../../model/cluster-spec.js';
import { allowedNodes } from '../allowed-nodes.js';
import { listNames, pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';

/** Pairs that are looked at, over a whole spec. Ours: enough for every group of the largest spec with a hundred others. */
const PAIRS_MAX = 2_000_000;

/**
 * Groups that are all kept apart from each other have as many nodes as there are groups.
 *
 * For each group, others are added as long as they are apart from all so far: that finds every plain case, though not each thinkable one.
 */
export const apartNeedsMoreNodes: Rule = {
  code: 'apart-needs-more-nodes',
  needsWhole: ['nodes', 'groups'],
  *check(context) {
    const { spec, source } = context;
    const allowed = allowedNodes(context);
    const byId = new Map(spec.groups.map((group) => [group.id, group]));
    const apart = apartBothWays(spec.groups, byId);
    const told = new Set<string>();
    let pairsLeft = PAIRS_MAX;
    for (const group of spec.groups) {
      const others = apart.get(group.id);
      if (others === undefined || told.has(group.id)) continue;
      const together = [group];
      const nodes = new Set(allowed(group).map((node) => node.id));
      for (const other of others) {
        pairsLeft -= together.length;
        if (pairsLeft < 0 || together.length > nodes.size) break;
        const candidate = byId.get(other);
        if (candidate === undefined || !together.every((each) => each === group || apart.get(each.id)?.has(other)))
          continue;
        together.push(candidate);
        for (const node of allowed(candidate)) nodes.add(node.id);
      }
      if (nodes.size === 0 || together.length <= nodes.size) continue;
      for (const each of together) told.add(each.id);
      const teller = together.find((each) => each.apart.length > 0) ?? group;
      yield {
        severity: 'error',
        message: `${listNames(together.map(({ id }) => `"${id}"`))} must be on different nodes, and there are not enough`,
        at: source.key(...pathOfGroup(context, teller.id), 'apart'),
        label: `${together.length} groups, ${nodes.size} ${nodes.size === 1 ? 'node' : 'nodes'}: ${listNames([...nodes].sort())}`,
        help: 'let more nodes run them, or let two of them share one',
      };
    }
  },
};

function apartBothWays(
  groups: readonly GroupSpec[],
  byId: ReadonlyMap<string, GroupSpec>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const apart = new Map<string, Set<string>>();
  const add = (from: string, to: string): void => {
    const known = apart.get(from);
    if (known === undefined) apart.set(from, new Set([to]));
    else known.add(to);
  };
  for (const group of groups) {
    for (const { id } of group.apart) {
      if (id === group.id || !byId.has(id)) continue;
      add(group.id, id);
      add(id, group.id);
    }
  }
  return apart;
}
