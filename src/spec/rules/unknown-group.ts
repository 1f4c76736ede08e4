import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Every group that another names in `after`, `with` or `apart` is in the spec. */
export const unknownGroup: Rule = {
  code: 'unknown-group',
  needsWhole: [],
  *check(context) {
    const { spec, names, source, suggest } = context;
    const groupOf = new Map(spec.resources.map((resource) => [resource.id, resource.group]));
    for (const group of spec.groups) {
      for (const key of ['after', 'with', 'apart'] as const) {
        for (const [index, { id }] of group[key].entries()) {
          if (names.groups.has(id)) continue;
          const around = groupOf.get(id);
          const meant = around === undefined ? suggest(id, names.groups) : null;
          const what =
            around === undefined
              ? 'no group and no resource of the spec'
              : around === group.id
                ? 'one of its own members'
                : `a member of group "${around}"`;
          const help =
            around === group.id
              ? 'take it out: members start in the order of `members:`, on one node'
              : `name the group: ${around}`;
          yield {
            severity: 'error',
            message: `${describeGroup(context, group.id)} names "${id}" in \`${key}\`, which is ${what}`,
            at: source.value(...pathOfGroup(context, group.id), key, index),
            ...didYouMean(meant),
            ...(around === undefined ? {} : { help }),
          };
        }
      }
    }
  },
};
