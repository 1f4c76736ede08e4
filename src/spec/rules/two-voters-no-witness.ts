import type { Rule } from '../rule.js';
import { isTwoOwnersAccepted, markOfQuorum, votersOf } from '../votes.js';

/** Two votes have no majority after a split, so there is a third, or fence devices, or words that accept two owners. */
export const twoVotersNoWitness: Rule = {
  code: 'two-voters-no-witness',
  needsWhole: ['nodes', 'quorum', 'fencing'],
  *check(context) {
    const { spec } = context;
    const voters = votersOf(spec);
    // A watchdog resets the node that lost; it does not let the other win.
    const hasFencing = spec.fencing.devices.length > 0;
    if (voters.length !== 2 || hasFencing || isTwoOwnersAccepted(spec)) return;
    const hasWitness = voters.some((node) => node.role === 'witness');
    yield {
      severity: 'error',
      message: hasWitness
        ? 'two voters, one of them a witness: neither side can win after a split'
        : 'two voters and no witness: neither side can win after a split',
      at: markOfQuorum(context),
      label: '2 votes, majority is 2, so the loss of either node stops every group',
      help: hasWitness
        ? 'let a third node vote'
        : 'add a node with `role: witness`, or `fencing:`; to run unsafely, `onLoss: ignore` with `acknowledge:`',
    };
  },
};
