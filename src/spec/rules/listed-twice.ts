import type { Finding } from '../finding.js';
import { pathOfGroup } from '../rule.js';
import type { Rule, RuleContext } from '../rule.js';
import type { PathPart } from '../source-index.js';

/** Nothing stands twice in one list. */
export const listedTwice: Rule = {
  code: 'listed-twice',
  needsWhole: [],
  *check(context) {
    const { document, spec } = context;
    for (const [id, group] of Object.entries(document.groups ?? {})) {
      yield* repeated(context, { items: group.members, path: ['groups', id, 'members'], severity: 'error' });
    }
    for (const group of spec.groups) {
      const path = pathOfGroup(context, group.id);
      for (const key of ['requires', 'after', 'with', 'apart'] as const) {
        yield* repeated(context, { items: group[key].map((use) => use.id), path: [...path, key], severity: 'warning' });
      }
      for (const key of ['prefer', 'require', 'avoid'] as const) {
        const items = group[key].map((each) => (each.kind === 'node' ? each.node : `${each.label}: ${each.value}`));
        yield* repeated(context, { items, path: [...path, key], severity: 'warning' });
      }
    }
    for (const ping of spec.pings) {
      yield* repeated(context, {
        items: ping.hosts.map(({ text }) => text),
        path: ['pings', ping.id, 'hosts'],
        severity: 'error',
      });
    }
  },
};

function* repeated(
  { source }: RuleContext,
  list: {
    readonly items: readonly string[];
    readonly path: readonly PathPart[];
    readonly severity: Finding['severity'];
  },
): Iterable<Finding> {
  if (list.items.length < 2) return;
  const first = new Map<string, number>();
  for (const [index, item] of list.items.entries()) {
    const before = first.get(item);
    if (before === undefined) {
      first.set(item, index);
      continue;
    }
    const at = source.value(...list.path, before);
    yield {
      severity: list.severity,
      message: `"${item}" stands twice in \`${list.path.at(-1) ?? ''}\``,
      at: source.value(...list.path, index),
      help: 'take one of them out',
      notes: [{ at, message: `"${item}" stands here first` }],
    };
  }
}
