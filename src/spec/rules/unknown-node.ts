import type { Finding } from '../finding.js';
import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule, RuleContext } from '../rule.js';
import type { PathPart } from '../source-index.js';
import { didYouMean } from '../suggest.js';

/** Every node that a group, a fence device or the order of fencing names is in the spec. */
export const unknownNode: Rule = {
  code: 'unknown-node',
  needsWhole: [],
  *check(context) {
    const { spec } = context;
    for (const group of spec.groups) {
      const path = pathOfGroup(context, group.id);
      for (const key of ['prefer', 'require', 'avoid'] as const) {
        for (const [index, selector] of group[key].entries()) {
          if (selector.kind !== 'node' || context.names.nodes.has(selector.node)) continue;
          yield finding(context, {
            node: selector.node,
            user: describeGroup(context, group.id),
            path: [...path, key, index],
          });
        }
      }
    }
    for (const device of spec.fencing.devices) {
      for (const [index, node] of device.nodes.entries()) {
        if (context.names.nodes.has(node)) continue;
        const path = ['fencing', 'devices', device.id, 'nodes', index];
        yield finding(context, { node, user: `fence device "${device.id}"`, path });
      }
    }
    const { levels = {}, prefer = [] } = context.document.fencing ?? {};
    for (const node of Object.keys(levels)) {
      if (context.names.nodes.has(node)) continue;
      yield finding(context, { node, user: '`levels` of fencing', path: ['fencing', 'levels', node], isKey: true });
    }
    for (const [index, node] of prefer.entries()) {
      if (context.names.nodes.has(node)) continue;
      yield finding(context, { node, user: '`prefer` of fencing', path: ['fencing', 'prefer', index] });
    }
  },
};

function finding(
  { names, source, suggest }: RuleContext,
  use: { readonly node: string; readonly user: string; readonly path: readonly PathPart[]; readonly isKey?: true },
): Finding {
  const meant = suggest(use.node, names.nodes);
  return {
    severity: 'error',
    message: `${use.user} names node "${use.node}", which is not in the spec`,
    at: use.isKey === true ? source.key(...use.path) : source.value(...use.path),
    ...didYouMean(meant),
    ...(meant === null ? { help: 'add it under `nodes:`' } : {}),
  };
}
