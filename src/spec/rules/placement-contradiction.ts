import type { GroupSpec, NodeSelector } from '../../model/cluster-spec.js';
import { allowedNodes } from '../allowed-nodes.js';
import type { Finding } from '../finding.js';
import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule, RuleContext } from '../rule.js';

/** What a group prefers, requires and avoids fits together. */
export const placementContradiction: Rule = {
  code: 'placement-contradiction',
  needsWhole: ['nodes', 'groups'],
  *check(context) {
    const allowed = allowedNodes(context);
    for (const group of context.spec.groups) {
      if (group.prefer.length === 0 && group.avoid.length === 0) continue;
      const nodes = new Set(allowed(group).map((node) => node.id));
      if (nodes.size === 0) continue;
      yield* preferredAndAvoided(context, group);
      yield* preferredInVain(context, group, nodes);
      yield* allAvoided(context, group, nodes);
    }
  },
};

function* preferredAndAvoided(context: RuleContext, group: GroupSpec): Iterable<Finding> {
  const path = pathOfGroup(context, group.id);
  for (const [index, selector] of group.avoid.entries()) {
    const preferred = group.prefer.findIndex((each) => wordsOf(each) === wordsOf(selector));
    if (preferred < 0) continue;
    const at = context.source.value(...path, 'prefer', preferred);
    yield {
      severity: 'error',
      message: `${describeGroup(context, group.id)} prefers and avoids ${wordsOf(selector)}`,
      at: context.source.value(...path, 'avoid', index),
      help: 'keep one of the two',
      notes: [{ at, message: `${wordsOf(selector)} is preferred here` }],
    };
  }
}

function* preferredInVain(context: RuleContext, group: GroupSpec, allowed: ReadonlySet<string>): Iterable<Finding> {
  const path = pathOfGroup(context, group.id);
  for (const [index, selector] of group.prefer.entries()) {
    const named = context.nodesOf(selector);
    if (named.length === 0 || named.some((node) => allowed.has(node))) continue;
    const roles = new Map(context.spec.nodes.map((node) => [node.id, node.role]));
    const isWitness = named.every((node) => roles.get(node) === 'witness');
    yield {
      severity: 'error',
      message: `${describeGroup(context, group.id)} prefers ${wordsOf(selector)}, which may not run it`,
      at: context.source.value(...path, 'prefer', index),
      label: isWitness ? 'a witness runs nothing' : '`require` leaves it out',
      help: isWitness ? 'take it out' : 'add it to `require:`, or take it out here',
    };
  }
}

function* allAvoided(context: RuleContext, group: GroupSpec, allowed: ReadonlySet<string>): Iterable<Finding> {
  if (group.avoid.length === 0) return;
  const avoided = new Set(group.avoid.flatMap(context.nodesOf));
  if ([...allowed].some((node) => !avoided.has(node))) return;
  yield {
    severity: 'warning',
    message: `${describeGroup(context, group.id)} avoids every node that may run it`,
    at: context.source.key(...pathOfGroup(context, group.id), 'avoid'),
    label: 'to avoid all is to avoid none',
    help: 'leave one out, or take `avoid:` away',
  };
}

function wordsOf(selector: NodeSelector): string {
  return selector.kind === 'node' ? `node "${selector.node}"` : `label ${selector.label}: ${selector.value}`;
}
