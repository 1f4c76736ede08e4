import type { Finding } from '../finding.js';
import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule, RuleContext } from '../rule.js';
import type { Mark } from '../source-index.js';
import { didYouMean } from '../suggest.js';

/** Every node that a group, a fence device or the order of fencing names is in the spec. */
export const unknownNode: Rule = {
  code: 'unknown-node',
  needsWhole: [],
  *check(context) {
    const { document, names, source, spec } = context;
    for (const group of spec.groups) {
      const path = pathOfGroup(context, group.id);
      for (const key of ['prefer', 'require', 'avoid'] as const) {
        for (const [index, selector] of group[key].entries()) {
          if (selector.kind !== 'node' || names.nodes.has(selector.node)) continue;
          yield finding(context, {
            node: selector.node,
            user: describeGroup(context, group.id),
            at: source.value(...path, key, index),
          });
        }
      }
    }
    for (const device of spec.fencing.devices) {
      for (const [index, node] of device.nodes.entries()) {
        if (names.nodes.has(node)) continue;
        const at = source.value('fencing', 'devices', device.id, 'nodes', index);
        yield finding(context, { node, user: `fence device "${device.id}"`, at });
      }
    }
    const { levels = {}, prefer = [] } = document.fencing ?? {};
    for (const node of Object.keys(levels)) {
      if (names.nodes.has(node)) continue;
      yield finding(context, { node, user: '`levels` of fencing', at: source.key('fencing', 'levels', node) });
    }
    for (const [index, node] of prefer.entries()) {
      if (names.nodes.has(node)) continue;
      yield finding(context, { node, user: '`prefer` of fencing', at: source.value('fencing', 'prefer', index) });
    }
  },
};

function finding(
  { names, suggest }: RuleContext,
  use: { readonly node: string; readonly user: string; readonly at: Mark },
): Finding {
  const required = names.pings.has(use.node) ? 'ping' : names.checks.has(use.node) ? 'check' : null;
  const meant = required === null ? suggest(use.node, names.nodes) : null;
  const help =
    required === null ? 'add it under `nodes:`' : `"${use.node}" is a ${required}, which \`requires:\` takes`;
  return {
    severity: 'error',
    message: `${use.user} names node "${use.node}", which is not in the spec`,
    at: use.at,
    ...didYouMean(meant),
    ...(meant === null ? { help } : {}),
  };
}
