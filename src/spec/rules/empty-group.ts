import type { Rule } from '../rule.js';

/** A group has members. */
export const emptyGroup: Rule = {
  code: 'empty-group',
  needsWhole: [],
  *check({ document, source }) {
    for (const [id, group] of Object.entries(document.groups ?? {})) {
      if (group.members.length > 0) continue;
      yield {
        severity: 'error',
        message: `group "${id}" has no members`,
        at: source.value('groups', id, 'members'),
        help: 'list resources in it, or take the group out',
      };
    }
  },
};
