import type { Rule } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Every check that belongs to the health of nodes is in the spec. */
export const unknownCheck: Rule = {
  code: 'unknown-check',
  needsWhole: [],
  *check({ document, names, source, suggest }) {
    for (const [index, id] of (document.health?.checks ?? []).entries()) {
      if (names.checks.has(id)) continue;
      const meant = suggest(id, names.checks);
      yield {
        severity: 'error',
        message: `health names check "${id}", which is not in the spec`,
        at: source.value('health', 'checks', index),
        ...didYouMean(meant),
        ...(meant === null ? { help: 'add it under `checks:`' } : {}),
      };
    }
  },
};
