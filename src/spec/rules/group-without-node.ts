import type { GroupSpec, NodeSpec } from '../../model/cluster-spec.js';
import { allowedNodes } from '../allowed-nodes.js';
import type { Finding } from '../finding.js';
import { describeGroup, listNames, pathOfGroup } from '../rule.js';
import type { Rule, RuleContext } from '../rule.js';
import { groupsTogether } from '../together.js';

/** Some node may run each group, and one node may run all groups that must run beside each other. */
export const groupWithoutNode: Rule = {
  code: 'group-without-node',
  needsWhole: ['nodes', 'groups'],
  *check(context) {
    const { groups } = context.spec;
    const allowed = allowedNodes(context);
    const tiedTo = groupsTogether(groups);
    const common = new Map<string, readonly NodeSpec[]>();
    for (const group of groups) {
      const own = allowed(group);
      if (own.length === 0) {
        // A name that leads nowhere is told by the rules on names.
        if (group.require.every((selector) => context.nodesOf(selector).length > 0))
          yield aloneWithoutNode(context, group);
        continue;
      }
      const tie = tiedTo(group.id);
      const before = common.get(tie);
      if (before === undefined) {
        common.set(tie, own);
        continue;
      }
      const both = before === own ? own : before.filter((node) => own.includes(node));
      if (both.length > 0) {
        common.set(tie, both);
        continue;
      }
      yield togetherWithoutNode(context, {
        group,
        own,
        before,
        others: groups.filter((each) => tiedTo(each.id) === tie && each.id !== group.id),
      });
    }
  },
};

function aloneWithoutNode(context: RuleContext, group: GroupSpec): Finding {
  const path = pathOfGroup(context, group.id);
  const isChosen = group.require.length > 0;
  const label = isChosen ? 'it names no node that runs services' : 'every node is a witness';
  return {
    severity: 'error',
    message: `no node may run ${describeGroup(context, group.id)}`,
    at: isChosen ? context.source.key(...path, 'require') : context.source.key(...path),
    label,
    help: isChosen ? 'name a node that is no witness' : 'give a node the role member or worker',
  };
}

function togetherWithoutNode(
  context: RuleContext,
  knot: {
    readonly group: GroupSpec;
    readonly own: readonly NodeSpec[];
    readonly before: readonly NodeSpec[];
    readonly others: readonly GroupSpec[];
  },
): Finding {
  const { group, own, before, others } = knot;
  const path = pathOfGroup(context, group.id);
  const key = group.require.length > 0 ? 'require' : 'with';
  return {
    severity: 'error',
    message: `${describeGroup(context, group.id)} must run beside ${listNames(others.map(({ id }) => `"${id}"`))}, and no node may run them all`,
    at: context.source.key(...path, key),
    label: `${listNames(own.map(({ id }) => id))} here, ${listNames(before.map(({ id }) => id))} there`,
    help: 'widen one `require:`, or take `with:` out',
  };
}
