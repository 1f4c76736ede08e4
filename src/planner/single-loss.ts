/**
 * What the loss of each single node would mean, found out by really planning it.
 */
import type { ClusterSpec, NodeSpec } from '../model/cluster-spec.js';
import type { ObservedCluster } from '../model/observation.js';
import type { Plan } from '../model/plan.js';
import { plan as planFor } from './plan.js';
import { votesOf } from './plan-summary.js';

/** Nodes and groups up to which every loss is tried. */
export const lossNodesMax = 16;
/** See {@link lossNodesMax}. */
export const lossGroupsMax = 500;

/** A node's loss: what would not run any more, and why; empty when everything would go on. */
export interface NodeLoss {
  readonly node: string;
  readonly lostGroups: readonly string[];
  readonly why: string | null;
}

/** The losses of single nodes, and what is down without any. */
export interface Losses {
  readonly losses: readonly NodeLoss[];
  readonly homeless: readonly string[];
}

/**
 * Tries the loss of every node that is online.
 *
 * Shape: in order of node; null when the cluster is too large to try.
 */
export function judgeLosses(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
}): Losses | null {
  const { spec, observed } = options;
  if (spec.nodes.length > lossNodesMax || spec.groups.length > lossGroupsMax) return null;
  const homeless = new Set(lostIn(planFor(options)).map(({ group }) => group));
  const online = new Set(observed.nodes.filter((node) => node.liveness === 'online').map((node) => node.node));
  const losses = spec.nodes
    .filter((node) => online.has(node.id))
    .map((node) => judgeLoss({ spec, observed, node, homeless }));
  return { losses, homeless: [...homeless] };
}

function judgeLoss(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly node: NodeSpec;
  readonly homeless: ReadonlySet<string>;
}): NodeLoss {
  const { spec, node, homeless } = options;
  const observed: ObservedCluster = {
    ...options.observed,
    nodes: options.observed.nodes.map((seen) => (seen.node === node.id ? { ...seen, liveness: 'offline' } : seen)),
  };
  const started = spec.groups.filter((group) => group.desired === 'started').map((group) => group.id);
  const { votes, voters, majority } = votesOf(spec, observed);
  // R14: the other one of two voters fences the lost one and goes on without its vote.
  const isFenced = voters === 2 && spec.fencing.levels.some((each) => each.node === node.id);
  if (node.votes && votes < majority && started.length > 0 && spec.quorum.onLoss !== 'ignore' && !isFenced) {
    const held = new Set(options.observed.leases.filter((lease) => lease.node === node.id).map((lease) => lease.group));
    const lostGroups = spec.quorum.onLoss === 'stop' ? started : started.filter((group) => held.has(group));
    const why = lostGroups.length === 0 ? null : `${votes} of ${voters} votes would be left, ${majority} are needed`;
    return { node: node.id, lostGroups, why };
  }
  const lost = lostIn(planFor({ spec, observed })).filter(({ group }) => !homeless.has(group));
  const [first] = lost;
  return {
    node: node.id,
    lostGroups: lost.map(({ group }) => group),
    why: first === undefined ? null : first.why,
  };
}

/** Groups that should run and have no place, or only one on a node that is gone. */
function lostIn(plan: Plan): { readonly group: string; readonly why: string }[] {
  return plan.placements.flatMap((placement) => {
    if (placement.change === 'unplaced') {
      const wait = plan.waits.find((each) => each.group === placement.group && each.kind !== 'release');
      return [{ group: placement.group, why: wait?.text ?? `${placement.group} has no place` }];
    }
    if (placement.change !== 'blocked') return [];
    return [{ group: placement.group, why: placement.reasons[0]?.text ?? `${placement.group} is blocked` }];
  });
}
