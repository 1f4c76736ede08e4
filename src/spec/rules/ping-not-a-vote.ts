import type { Rule } from '../rule.js';
import { votersOf } from '../votes.js';

/** Nobody takes pings for the third vote of two voters: after a split both sides may see the gateway. */
export const pingNotAVote: Rule = {
  code: 'ping-not-a-vote',
  needsWhole: ['nodes'],
  *check({ spec, source }) {
    const voters = votersOf(spec);
    if (voters.length !== 2 || spec.pings.length === 0) return;
    yield {
      severity: 'warning',
      message: 'a ping does not decide between two voters',
      at: source.key('pings'),
      label: 'after a split both sides may still reach the address',
      help: 'add a node with `role: witness` as the third vote',
    };
  },
};
