import type { Rule } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Every member of a group is a resource of the spec. */
export const unknownResource: Rule = {
  code: 'unknown-resource',
  needsWhole: [],
  *check({ document, names, source, suggest }) {
    const groups = document.groups ?? {};
    for (const [id, group] of Object.entries(groups)) {
      for (const [index, member] of group.members.entries()) {
        if (names.resources.has(member)) continue;
        const isGroup = Object.hasOwn(groups, member);
        const meant = isGroup ? null : suggest(member, names.resources);
        const help = isGroup
          ? 'a group holds no groups; list its members, or use `with:`'
          : 'add it under `resources:`';
        yield {
          severity: 'error',
          message: `group "${id}" has the member "${member}", which is ${isGroup ? 'a group' : 'no resource of the spec'}`,
          at: source.value('groups', id, 'members', index),
          ...didYouMean(meant),
          ...(meant === null ? { help } : {}),
        };
      }
    }
  },
};
