import type { NodeSpec } from '../model/cluster-spec.js';
import type { RuleContext } from './rule.js';
import type { Mark } from './source-index.js';

/** The nodes that vote. */
export function votersOf(spec: RuleContext['spec']): readonly NodeSpec[] {
  return spec.nodes.filter((node) => node.votes);
}

/** How many votes are a majority. */
export function majorityOf(votes: number): number {
  return Math.floor(votes / 2) + 1;
}

/** Where a problem with the votes is shown: at the policy where one is written, else at the nodes. */
export function markOfQuorum({ source }: RuleContext): Mark {
  return source.has('quorum', 'onLoss') ? source.key('quorum', 'onLoss') : source.key('nodes');
}

/** Whether the operator said that a service may run twice. */
export function isTwoOwnersAccepted({ quorum }: RuleContext['spec']): boolean {
  return quorum.onLoss !== 'stop' && quorum.acknowledge !== undefined;
}
