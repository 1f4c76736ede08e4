import { fencedNodes } from '../fencing-need.js';
import type { Rule } from '../rule.js';
import { isTwoOwnersAccepted, markOfQuorum, votersOf } from '../votes.js';

/** Two votes have no majority after a split, so there is a third, or devices that can fence both, or words that accept two owners. */
export const twoVotersNoWitness: Rule = {
  code: 'two-voters-no-witness',
  needsWhole: ['nodes', 'quorum', 'fencing'],
  *check(context) {
    const { spec } = context;
    const voters = votersOf(spec);
    // A watchdog resets the node that lost; it does not let the other win.
    const fenced = fencedNodes(context);
    const bare = voters.filter((node) => !fenced.has(node.id));
    if (voters.length !== 2 || bare.length === 0 || isTwoOwnersAccepted(spec)) return;
    const [unfenced, another] = bare;
    const hasWitness = voters.some((node) => node.role === 'witness');
    yield {
      severity: 'error',
      message: hasWitness
        ? 'two voters, one of them a witness: neither side can win after a split'
        : 'two voters and no witness: neither side can win after a split',
      at: markOfQuorum(context),
      label:
        unfenced !== undefined && another === undefined
          ? `no device can fence "${unfenced.id}", so its loss stops every group`
          : '2 votes, majority is 2, so the loss of either node stops every group',
      help: hasWitness
        ? 'let a third node vote'
        : 'add a node with `role: witness`, or devices under `fencing:` for both; to run unsafely, `onLoss: ignore` with `acknowledge:`',
    };
  },
};
