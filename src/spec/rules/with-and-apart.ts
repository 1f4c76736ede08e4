import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';
import { groupsTogether } from '../together.js';

/** Groups that must run beside each other, directly or through others, are not kept apart. */
export const withAndApart: Rule = {
  code: 'with-and-apart',
  needsWhole: [],
  *check(context) {
    const { groups } = context.spec;
    const tiedTo = groupsTogether(groups);
    const besides = new Set(groups.flatMap((group) => group.with.map((use) => `${group.id}\n${use.id}`)));
    for (const group of groups) {
      for (const [index, { id }] of group.apart.entries()) {
        if (id === group.id || tiedTo(id) !== tiedTo(group.id)) continue;
        const isDirect = besides.has(`${group.id}\n${id}`) || besides.has(`${id}\n${group.id}`);
        yield {
          severity: 'error',
          message: `${describeGroup(context, group.id)} must run beside "${id}" and apart from it`,
          at: context.source.value(...pathOfGroup(context, group.id), 'apart', index),
          label: isDirect ? '`with` ties them together' : '`with` ties them together through other groups',
          help: 'keep one of the two',
        };
      }
    }
  },
};
