import type { Rule } from '../rule.js';

/** Some group requires each ping. */
export const unusedPing: Rule = {
  code: 'unused-ping',
  needsWhole: ['groups', 'resources'],
  *check({ spec, source }) {
    const used = new Set(spec.groups.flatMap((group) => group.requires.map((use) => use.id)));
    for (const { id } of spec.pings) {
      if (used.has(id)) continue;
      yield {
        severity: 'warning',
        message: `no group requires ping "${id}"`,
        at: source.key('pings', id),
        label: 'it moves nothing',
        help: `write \`requires: [${id}]\` on a group, or take it out`,
      };
    }
  },
};
