import { findRings } from '../ring.js';
import type { Edge } from '../ring.js';
import { pathOfGroup } from '../rule.js';
import type { Rule, RuleContext } from '../rule.js';
import type { Mark } from '../source-index.js';

interface Wait {
  readonly key: 'after' | 'with';
  readonly at: () => Mark;
}

/** No groups wait for each other in a ring: none of them could ever start. A ring of `with` alone is allowed, since such groups only share a node. */
export const orderCycle: Rule = {
  code: 'order-cycle',
  needsWhole: [],
  *check(context) {
    const { groups } = context.spec;
    const rings = findRings(groups.length, waitsOf(context), ({ why }) => why.key === 'after');
    for (const ring of rings) {
      const [first] = ring;
      if (first === undefined) continue;
      const nameOf = (group: number): string => groups[group]?.id ?? '';
      const names = [...ring.map(({ from }) => nameOf(from)), nameOf(first.from)];
      yield {
        severity: 'error',
        message: `groups wait for each other in a ring: ${names.join(' -> ')}`,
        at: first.why.at(),
        label: 'none of them can ever start',
        help: 'take one of these lines out',
        notes: ring.map(({ from, to, why }) => ({
          at: why.at(),
          message: `"${nameOf(from)}" ${why.key === 'after' ? 'starts after' : 'runs beside'} "${nameOf(to)}"`,
        })),
      };
    }
  },
};

function waitsOf(context: RuleContext): Edge<Wait>[] {
  const { groups } = context.spec;
  const numbers = new Map(groups.map((group, number) => [group.id, number]));
  return groups.flatMap((group, from) =>
    (['after', 'with'] as const).flatMap((key) =>
      group[key].flatMap(({ id }, index): Edge<Wait>[] => {
        const to = numbers.get(id);
        if (to === undefined || to === from) return [];
        const at = (): Mark => context.source.value(...pathOfGroup(context, group.id), key, index);
        return [{ from, to, why: { key, at } }];
      }),
    ),
  );
}
