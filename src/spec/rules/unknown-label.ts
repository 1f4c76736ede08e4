import type { NodeSelector } from '../../model/cluster-spec.js';
import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule, RuleContext } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Every label that a group names stands on a node. */
export const unknownLabel: Rule = {
  code: 'unknown-label',
  needsWhole: ['nodes'],
  *check(context) {
    for (const group of context.spec.groups) {
      for (const key of ['prefer', 'require', 'avoid'] as const) {
        for (const [index, selector] of group[key].entries()) {
          if (selector.kind !== 'label' || context.nodesOf(selector).length > 0) continue;
          yield {
            // Of `require` nothing may be left; the others are wishes.
            severity: key === 'require' ? 'error' : 'warning',
            message: `no node has the label ${selector.label}: ${selector.value} that ${describeGroup(context, group.id)} names`,
            at: context.source.value(...pathOfGroup(context, group.id), key, index),
            ...didYouMean(nearest(context, selector)),
          };
        }
      }
    }
  },
};

function nearest(
  { spec, suggest }: RuleContext,
  { label, value }: Extract<NodeSelector, { readonly kind: 'label' }>,
): string | null {
  const labels = spec.nodes.flatMap((node) => Object.entries(node.labels));
  const values = labels.flatMap(([name, each]) => (name === label ? [each] : []));
  return values.length === 0 ? suggest(label, new Set(labels.map(([name]) => name))) : suggest(value, new Set(values));
}
