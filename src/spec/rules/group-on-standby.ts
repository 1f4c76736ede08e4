import type { GroupSpec, NodeSpec } from '../../model/cluster-spec.js';
import { allowedNodes } from '../allowed-nodes.js';
import { listNames, pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';

/** Some node that may run a group is active. Told once for all groups that wait for the same nodes. */
export const groupOnStandby: Rule = {
  code: 'group-on-standby',
  needsWhole: ['nodes', 'groups'],
  *check(context) {
    const allowed = allowedNodes(context);
    const waiting = new Map<string, { readonly nodes: readonly NodeSpec[]; readonly groups: GroupSpec[] }>();
    for (const group of context.spec.groups) {
      const nodes = allowed(group);
      if (nodes.length === 0 || nodes.some((node) => node.state === 'active')) continue;
      const key = nodes.map((node) => node.id).join('\n');
      const known = waiting.get(key);
      if (known === undefined) waiting.set(key, { nodes, groups: [group] });
      else known.groups.push(group);
    }
    for (const { nodes, groups } of waiting.values()) {
      const names = listNames(groups.map(({ id }) => `"${id}"`));
      yield {
        severity: 'warning',
        message: `no active node may run ${names}`,
        at: context.source.key(...pathOfGroup(context, groups[0]?.id ?? '')),
        label: listNames(nodes.map((node) => `${node.id} is in ${node.state}`)),
        help: 'make one of these nodes active, or let another run it',
      };
    }
  },
};
