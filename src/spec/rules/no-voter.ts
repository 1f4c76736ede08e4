import type { Rule } from '../rule.js';
import { votersOf } from '../votes.js';

/** Somebody votes. */
export const noVoter: Rule = {
  code: 'no-voter',
  needsWhole: ['nodes'],
  *check({ spec, source }) {
    if (votersOf(spec).length > 0) return;
    yield {
      severity: 'error',
      message: 'no node votes, so nothing could ever start',
      at: source.key('nodes'),
      help: 'give three nodes the role member or witness',
    };
  },
};
