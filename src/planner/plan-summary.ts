/**
 * A plan in figures, for the first lines of an explanation and for programs.
 */
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Placement, Plan } from '../model/plan.js';

/** How many groups change and how, and what the votes are. */
export interface PlanSummary {
  readonly start: number;
  readonly stop: number;
  readonly move: number;
  readonly recover: number;
  readonly adopt: number;
  readonly blocked: number;
  readonly unplaced: number;
  readonly unchanged: number;
  readonly actions: number;
  readonly probes: number;
  readonly waits: number;
  /** Groups that run now and will not for a while. */
  readonly interrupted: readonly string[];
  /** Voters that are online, all of them, and how many a majority is. */
  readonly quorum: { readonly votes: number; readonly voters: number; readonly majority: number };
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
  return {
    start: count('start'),
    stop: count('stop'),
    move: count('move'),
    recover: count('recover'),
    adopt: count('adopt'),
    blocked: count('blocked'),
    unplaced: count('unplaced'),
    unchanged: count('none'),
    actions: plan.actions.length,
    probes: plan.actions.filter((action) => action.kind === 'probe').length,
    waits: plan.waits.length,
    interrupted: interruptedGroups(observed, plan),
    quorum: votesOf(spec, observed),
  };
}

/** Whether a plan wants anything to be otherwise than it is. */
export function isPending(plan: Plan): boolean {
  return plan.actions.length > 0 || plan.placements.some((placement) => placement.change !== 'none');
}

/** Votes that are there, of how many. */
export function votesOf(spec: ClusterSpec, observed: ObservedCluster): PlanSummary['quorum'] {
  const online = new Set(observed.nodes.filter((node) => node.liveness === 'online').map((node) => node.node));
  const voters = spec.nodes.filter((node) => node.votes);
  return {
    votes: voters.filter((node) => online.has(node.id)).length,
    voters: voters.length,
    majority: Math.floor(voters.length / 2) + 1,
  };
}

function interruptedGroups(observed: ObservedCluster, plan: Plan): readonly string[] {
  const running = new Set<string>();
  for (const seen of observed.resources) {
    if (seen.state === 'running') running.add(JSON.stringify([seen.resource, seen.node]));
  }
  const current = new Map(plan.placements.map((placement) => [placement.group, placement.current]));
  const interrupted = new Set<string>();
  for (const action of plan.actions) {
    if (action.kind !== 'stop' || action.node !== current.get(action.group)) continue;
    if (running.has(JSON.stringify([action.resource, action.node]))) interrupted.add(action.group);
  }
  return [...interrupted].sort();
}
