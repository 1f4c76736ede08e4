import type { Rule } from '../rule.js';

/** A resource in no group is a group of one with its own name, so no written group may have that name; and `requires` names pings and checks alike. */
export const duplicateName: Rule = {
  code: 'duplicate-name',
  needsWhole: ['groups'],
  *check({ document, source }) {
    const groups = document.groups ?? {};
    const members = new Set(Object.values(groups).flatMap((group) => group.members));
    for (const id of Object.keys(document.resources ?? {})) {
      if (members.has(id) || !Object.hasOwn(groups, id)) continue;
      const at = source.key('groups', id);
      yield {
        severity: 'error',
        message: `"${id}" is the name of a group and of a resource that is in no group`,
        at: source.key('resources', id),
        help: 'give one of them another name, or make the resource a member',
        notes: [{ at, message: `group "${id}" stands here` }],
      };
    }
    for (const id of Object.keys(document.checks ?? {})) {
      if (!Object.hasOwn(document.pings ?? {}, id)) continue;
      yield {
        severity: 'error',
        message: `"${id}" is the name of a ping and of a check`,
        at: source.key('checks', id),
        help: 'give one of them another name: groups require both by their names',
        notes: [{ at: source.key('pings', id), message: `ping "${id}" stands here` }],
      };
    }
  },
};
