import { limits } from '../../model/limits.js';
import type { Rule } from '../rule.js';
import { votersOf } from '../votes.js';

/** Not more nodes vote than a heartbeat can ask. */
export const tooManyVoters: Rule = {
  code: 'too-many-voters',
  needsWhole: [],
  *check({ spec, source }) {
    const votes = votersOf(spec).length;
    if (votes <= limits.votersMax) return;
    const isSaid = spec.nodes.some((node) => node.role !== 'member');
    yield {
      severity: 'error',
      message: `${votes} nodes vote, and at most ${limits.votersMax} can`,
      at: source.key('nodes'),
      label: 'a majority of them must answer every heartbeat',
      help: `${isSaid ? '' : 'say who votes: '}give all but 3, 5 or 7 nodes \`role: worker\``,
    };
  },
};
