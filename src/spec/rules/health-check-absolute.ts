import type { Rule } from '../rule.js';

/** What belongs to the health of nodes moves groups and stops none. */
export const healthCheckAbsolute: Rule = {
  code: 'health-check-absolute',
  needsWhole: [],
  *check({ spec, document, source }) {
    for (const [index, id] of (document.health?.checks ?? []).entries()) {
      const check = spec.checks.find((each) => each.id === id);
      if (check === undefined || check.mode !== 'absolute') continue;
      yield {
        severity: 'warning',
        message: `check "${id}" is absolute and belongs to the health of nodes`,
        at: source.value('health', 'checks', index),
        label: 'where it fails on every node, every group stops',
        help: 'write `mode: relative` on the check',
      };
    }
  },
};
