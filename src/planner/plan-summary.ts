/**
 * A plan in figures, for the first lines of an explanation and for programs.
 */
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Placement, Plan } from '../model/plan.js';
import { interruptionsOf } from './interruption.js';
import type { Interruption } from './interruption.js';

/** How many groups change and how, and what the votes are. */
export interface PlanSummary {
  readonly start: number;
  readonly stop: number;
  readonly move: number;
  readonly recover: number;
  readonly reload: number;
  readonly adopt: number;
  readonly blocked: number;
  readonly unplaced: number;
  readonly unchanged: number;
  readonly actions: number;
  readonly probes: number;
  readonly waits: number;
  /** Groups that run now and will not for a while, and for how long. */
  readonly interruptions: readonly Interruption[];
  /** Groups that change and of which it is not known yet what runs, so that they may be interrupted, too. */
  readonly looked: readonly string[];
  readonly quorum: Votes;
}

/**
 * The votes that are there.
 *
 * Shape: `votes` counts the spec's voters that are online, `voters` all of them, `majority` how many are needed. `silent` have not been heard for a lease, `unheard` not yet, `left` went in order.
 * `isQuorate`: whether the node whose view it is has a majority; null when that is not known.
 */
export interface Votes {
  readonly votes: number;
  readonly voters: number;
  readonly majority: number;
  readonly silent: readonly string[];
  readonly left: readonly string[];
  readonly unheard: readonly string[];
  readonly isQuorate: boolean | null;
}

/** Counts. */
export function summarizePlan(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}): PlanSummary {
  const { spec, observed, plan } = options;
  const count = (change: Placement['change']): number =>
    plan.placements.filter((placement) => placement.change === change).length;
  const interruptions = interruptionsOf(options);
  return {
    start: count('start'),
    stop: count('stop'),
    move: count('move'),
    recover: count('recover'),
    reload: count('reload'),
    adopt: count('adopt'),
    blocked: count('blocked'),
    unplaced: count('unplaced'),
    unchanged: count('none'),
    actions: plan.actions.length,
    probes: plan.actions.filter((action) => action.kind === 'probe').length,
    waits: plan.waits.length,
    interruptions,
    looked: lookedAt(plan, interruptions),
    quorum: votesOf(spec, observed),
  };
}

/** Whether a plan wants anything to be otherwise than it is. */
export function isPending(plan: Plan): boolean {
  return plan.actions.length > 0 || plan.placements.some((placement) => placement.change !== 'none');
}

/** Votes that are there, of how many. */
export function votesOf(spec: ClusterSpec, observed: ObservedCluster): Votes {
  const liveness = new Map(observed.nodes.map((node) => [node.node, node.liveness]));
  const gone = new Set(observed.nodes.flatMap(({ node, left }) => (left === true ? [node] : [])));
  const voters = spec.nodes.filter((node) => node.votes).map((node) => node.id);
  return {
    votes: voters.filter((voter) => liveness.get(voter) === 'online').length,
    voters: voters.length,
    majority: Math.floor(voters.length / 2) + 1,
    silent: voters.filter((voter) => liveness.get(voter) === 'offline' && !gone.has(voter)),
    left: voters.filter((voter) => gone.has(voter)),
    unheard: voters.filter((voter) => (liveness.get(voter) ?? 'unknown') === 'unknown'),
    isQuorate: observed.nodes.find((node) => node.node === observed.self)?.quorate ?? null,
  };
}

function lookedAt(plan: Plan, interruptions: readonly Interruption[]): readonly string[] {
  const probed = new Set(plan.actions.filter((action) => action.kind === 'probe').map((action) => action.group));
  const interrupted = new Set(interruptions.map(({ group }) => group));
  return plan.placements
    .filter(({ group, change }) => change !== 'none' && probed.has(group) && !interrupted.has(group))
    .map(({ group }) => group);
}
