import type { Rule } from '../rule.js';

/** Some group requires each check of nodes, or it belongs to their health. */
export const unusedCheck: Rule = {
  code: 'unused-check',
  needsWhole: ['groups', 'resources', 'health'],
  *check({ spec, document, source }) {
    const uses = [...spec.groups.flatMap((group) => group.requires), ...spec.health];
    const used = new Set(uses.map((use) => use.id));
    for (const id of Object.keys(document.checks ?? {})) {
      if (used.has(id)) continue;
      yield {
        severity: 'warning',
        message: `no group requires check "${id}"`,
        at: source.key('checks', id),
        label: 'it moves nothing',
        help: `write \`requires: [${id}]\` on a group or \`checks: [${id}]\` under \`health:\`, or take it out`,
      };
    }
  },
};
