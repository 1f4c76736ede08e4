import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';

/** No group names itself in `after`, `with` or `apart`. */
export const selfReference: Rule = {
  code: 'self-reference',
  needsWhole: [],
  *check(context) {
    for (const group of context.spec.groups) {
      for (const key of ['after', 'with', 'apart'] as const) {
        for (const [index, { id }] of group[key].entries()) {
          if (id !== group.id) continue;
          yield {
            severity: 'error',
            message: `${describeGroup(context, id)} names itself in \`${key}\``,
            at: context.source.value(...pathOfGroup(context, id), key, index),
            help: 'take it out',
          };
        }
      }
    }
  },
};
