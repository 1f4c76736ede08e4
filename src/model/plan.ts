import type { Place, Reason } from './source.js';

/**
 * What to do from the observed cluster to the desired one. Made by the planner, the same on every node that sees the same.
 *
 * Plain JSON with every list in a fixed order: equal inputs give equal plans, byte for byte. A plan proposes; nothing in it permits.
 */
export interface Plan {
  readonly placements: readonly Placement[];
  /** In an order in which they could be carried out one by one. */
  readonly actions: readonly Action[];
  readonly waits: readonly Wait[];
}

/** Where a group belongs and why. */
export interface Placement {
  readonly group: string;
  /** Where it belongs; null for nowhere. */
  readonly node: string | null;
  /** Where it is now, by its lease or by what runs; null for nowhere known. */
  readonly current: string | null;
  readonly change: 'none' | 'start' | 'stop' | 'move' | 'recover' | 'reload' | 'adopt' | 'blocked' | 'unplaced';
  /** The deciding reason first. */
  readonly reasons: readonly Reason[];
  readonly candidates: readonly Candidate[];
}

/**
 * A node's standing for a group.
 *
 * Shape: `score` is the sum of the parts; null when a part excludes the node. Best candidate first; ties by node id.
 */
export interface Candidate {
  readonly node: string;
  readonly score: number | null;
  readonly parts: readonly ScorePart[];
}

/** One part of a score; `score` null excludes the node. */
export interface ScorePart {
  readonly kind:
    | 'stay'
    | 'prefer'
    | 'require'
    | 'avoid'
    | 'with'
    | 'apart'
    | 'ping'
    | 'node-state'
    | 'liveness'
    | 'failure'
    | 'role'
    | 'balance'
    | 'blocked';
  readonly score: number | null;
  readonly reason: Reason;
}

/**
 * One step on one node.
 *
 * Shape: `id` names it within the plan and is stable between plans (`start:nginx@lb1`, `claim:web@lb1`); `resource` is null for claim and release. It may be carried out when every
 * action in `after` is done; an action whose `after` is empty may be carried out now. It may name
 * another node's actions (a claim follows the release by whoever holds the lease): once those are done and heard of, a new plan names them no more. A silent holder stands in no `after`: that is a wait,
 * and the voters refuse the claim until its promise has ended.
 */
export interface Action {
  readonly id: string;
  readonly kind: 'probe' | 'claim' | 'start' | 'reload' | 'stop' | 'release';
  readonly node: string;
  readonly group: string;
  readonly resource: string | null;
  readonly after: readonly string[];
  readonly reason: Reason;
}

/** The id of an action. */
export function actionId(action: Pick<Action, 'kind' | 'node' | 'group' | 'resource'>): string {
  return `${action.kind}:${action.resource ?? action.group}@${action.node}`;
}

/** What a group waits on, in words; `node` is where it would go on, null when that is open. */
export interface Wait {
  readonly group: string;
  readonly node: string | null;
  readonly kind:
    | 'probe'
    | 'release'
    | 'lease-end'
    | 'fencing'
    | 'quorum'
    | 'other-group'
    | 'back-off'
    | 'ping'
    | 'blocked'
    | 'no-node'
    | 'maintenance';
  /** Whom or what it waits on: a node, group, resource or ping. */
  readonly on: string;
  readonly text: string;
  readonly place?: Place;
}
