import type { Rule } from '../rule.js';
import { votersOf } from '../votes.js';

/** In a cluster of several nodes, more than one votes. */
export const singleVoter: Rule = {
  code: 'single-voter',
  needsWhole: ['nodes'],
  *check({ spec, source }) {
    const [voter, ...others] = votersOf(spec);
    if (voter === undefined || others.length > 0 || spec.nodes.length === 1) return;
    yield {
      severity: 'warning',
      message: `node "${voter.id}" has the only vote`,
      at: source.key('nodes', voter.id),
      label: 'when it is lost, every group stops',
      help: 'let three nodes vote, with the role member or witness',
    };
  },
};
