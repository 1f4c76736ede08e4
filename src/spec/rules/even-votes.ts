import type { Rule } from '../rule.js';
import { majorityOf, votersOf } from '../votes.js';

/** The number of votes is odd: the last of an even number helps nobody, and a split in halves stops all. */
export const evenVotes: Rule = {
  code: 'even-votes',
  needsWhole: ['nodes'],
  *check({ spec, source }) {
    const votes = votersOf(spec).length;
    if (votes < 4 || votes % 2 === 1) return;
    const majority = majorityOf(votes);
    yield {
      severity: 'warning',
      message: `${votes} votes survive the loss of ${votes - majority}, as ${votes - 1} would`,
      at: source.key('nodes'),
      label: `majority is ${majority}: after a split into halves both sides stop`,
      help: 'add a node with `role: witness`, or make one a `role: worker`',
    };
  },
};
