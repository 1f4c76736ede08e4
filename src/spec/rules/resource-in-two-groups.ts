import type { Rule } from '../rule.js';

/** A resource is a member of one group at most. */
export const resourceInTwoGroups: Rule = {
  code: 'resource-in-two-groups',
  needsWhole: [],
  *check({ document, source }) {
    const first = new Map<string, { readonly group: string; readonly index: number }>();
    for (const [group, { members }] of Object.entries(document.groups ?? {})) {
      for (const [index, member] of members.entries()) {
        const before = first.get(member);
        if (before === undefined) first.set(member, { group, index });
        if (before === undefined || before.group === group) continue;
        const at = source.value('groups', before.group, 'members', before.index);
        yield {
          severity: 'error',
          message: `resource "${member}" is a member of group "${before.group}" and of group "${group}"`,
          at: source.value('groups', group, 'members', index),
          help: 'a resource runs once: keep it in one group, and let the other run `with:` that one',
          notes: [{ at, message: `"${member}" is a member here first` }],
        };
      }
    }
  },
};
