import { placementKeys } from '../decode-groups.js';
import type { Rule } from '../rule.js';

/** Where a member of a group runs is said by the group alone. */
export const placementOnMember: Rule = {
  code: 'placement-on-member',
  needsWhole: ['groups'],
  *check({ spec, document, source }) {
    const groups = document.groups ?? {};
    for (const { id, group } of spec.resources) {
      if (!Object.hasOwn(groups, group) || !(groups[group]?.members.includes(id) ?? false)) continue;
      for (const key of placementKeys) {
        if (!source.has('resources', id, key)) continue;
        yield {
          severity: 'error',
          message: `resource "${id}" is a member of group "${group}" and cannot say \`${key}\` for itself`,
          at: source.key('resources', id, key),
          help: `say it on group "${group}"`,
        };
      }
    }
  },
};
