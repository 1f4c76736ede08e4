/**
 * A plan for programs: the observed and the desired cluster as two documents, and the patch from one to the other.
 *
 * Source: RFC 6902, JSON Patch; `schemas/plan.schema.json` describes the whole.
 */
import fastJsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { sortedBy } from '../base/order.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Drift, ObservedCluster } from '../model/observation.js';
import type { Plan } from '../model/plan.js';
import type { Problem } from '../model/problem.js';
import { applyPlan } from '../planner/apply.js';
import { driftOf } from '../planner/drift.js';
import { summarizePlan } from '../planner/plan-summary.js';
import type { PlanSummary } from '../planner/plan-summary.js';
import { judgeLosses } from '../planner/single-loss.js';
import type { NodeLoss } from '../planner/single-loss.js';

/** A cluster as far as a plan changes it. Shape: by group, the node that holds its lease, and for each member what it does where it is not stopped. */
export interface ClusterDocument {
  readonly groups: Readonly<Record<string, GroupDocument>>;
}

/** One group of a {@link ClusterDocument}. */
export interface GroupDocument {
  readonly holder: string | null;
  readonly members: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What `-o json` prints. */
export interface PlanDocument {
  readonly cluster: string;
  readonly revision: string | null;
  readonly observed: { readonly by: string | null; readonly at: string | null };
  readonly summary: PlanSummary;
  readonly losses: readonly NodeLoss[] | null;
  readonly removed: readonly string[];
  readonly warnings: readonly Problem[];
  readonly drift: readonly Drift[];
  readonly plan: Plan;
  readonly patch: readonly Operation[];
  readonly lint: readonly string[];
}

/** Gathers the document of a plan. */
export function planDocument(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
  readonly revision: string | null;
  readonly by: string | null;
  readonly at: string | null;
  readonly removed: readonly string[];
  readonly warnings: readonly Problem[];
  readonly lint: readonly string[];
}): PlanDocument {
  const { spec, observed, plan, revision, by, at, removed, warnings, lint } = options;
  const losses = judgeLosses({ spec, observed: applyPlan({ observed, plan }) });
  return {
    cluster: spec.name,
    revision,
    observed: { by, at },
    summary: summarizePlan({ spec, observed, plan }),
    losses: losses?.losses ?? null,
    removed,
    warnings,
    drift: driftOf({ spec, observed, plan }),
    plan,
    patch: planPatch(options),
    lint,
  };
}

/** The patch from the observed cluster to the desired one. Shape: operations of RFC 6902 on a {@link ClusterDocument}. */
export function planPatch(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly plan: Plan;
}): Operation[] {
  const { spec, observed, plan } = options;
  return fastJsonPatch.compare(clusterDocument(spec, observed), clusterDocument(spec, applyPlan({ observed, plan })));
}

/** The document of a cluster as it is observed. */
export function clusterDocument(spec: ClusterSpec, observed: ObservedCluster): ClusterDocument {
  const running = new Map<string, [string, string][]>();
  for (const seen of sortedBy(observed.resources, (each) => each.node)) {
    if (seen.state === 'stopped' || seen.state === 'unknown') continue;
    const list = running.get(seen.resource);
    if (list === undefined) running.set(seen.resource, [[seen.node, seen.state]]);
    else list.push([seen.node, seen.state]);
  }
  const holders = new Map<string, { readonly node: string; readonly epoch: number }>();
  for (const { group, node, epoch, state } of observed.leases) {
    if (state !== 'claim' && epoch > (holders.get(group)?.epoch ?? -1)) holders.set(group, { node, epoch });
  }
  const groups = spec.groups.map((group): [string, GroupDocument] => {
    const members = group.members.map((member) => [member, Object.fromEntries(running.get(member) ?? [])]);
    return [group.id, { holder: holders.get(group.id)?.node ?? null, members: Object.fromEntries(members) }];
  });
  return { groups: Object.fromEntries(groups) };
}
