/**
 * Stage 5, the stops: where a group is and does not belong, and where a failed member is started again.
 */
import type { Reason } from '../model/source.js';
import { draft } from './draft.js';
import type { Draft, Drafting, Probe, StopChain } from './draft.js';
import { groupName, isActive, isOutdated, nodeName, resourceName, stateNumbers } from './present.js';
import type { Present } from './present.js';
import { reason, toBeStoppedReason } from './reasons.js';
import { stateOf } from './standing.js';

/** Whoever holds the lease and is not to keep it stops the members and releases it. */
export function draftGivingUp(drafting: Drafting, probes: readonly Probe[]): StopChain[] {
  const { stages, group, standing, members, leases, isOwned } = drafting;
  const { present, criteria } = stages;
  const chains: StopChain[] = [];
  for (const lease of leases) {
    if (lease.state === 'claim' || criteria.canAct[lease.node] !== 1) continue;
    if (isOwned && lease === standing.holder) continue;
    if (standing.pin !== null && lease.node === standing.pin.node) continue;
    const why = leaveReason(drafting, lease.node);
    const resources = [...members]
      .reverse()
      .filter((resource) => stateOf(present, resource, lease.node) !== stateNumbers.stopped);
    const stops = chainStops({ drafting, node: lease.node, resources, probes, why });
    const release = draft(present, {
      kind: 'release',
      node: lease.node,
      group,
      resource: -1,
      after: [stops.at(-1)],
      reason: why,
    });
    chains.push({ node: lease.node, stops, release, isHeld: true, isRestart: false });
  }
  return chains;
}

/** Members that run where they should not are stopped there. */
export function draftStrayStops(drafting: Drafting, probes: readonly Probe[]): StopChain[] {
  const { stages, group, standing, members, target, leases, isOwned } = drafting;
  const { present, criteria } = stages;
  const active = present.activeOn[group] ?? [];
  const chains: StopChain[] = [];
  for (const node of active) {
    if (criteria.canAct[node] !== 1) continue;
    if (leases.some((lease) => lease.node === node && lease.state !== 'claim')) continue;
    const isElsewhere = leases.some((lease) => lease.node !== node && lease.state !== 'claim');
    if (node === target && !isElsewhere && !isOwned) continue;
    if (node === standing.pin?.node) continue;
    const resources = [...members].reverse().filter((resource) => isActive(stateOf(present, resource, node)));
    const why = strayReason(drafting, node);
    chains.push({
      node,
      stops: chainStops({ drafting, node, resources, probes, why }),
      release: null,
      isHeld: false,
      isRestart: false,
    });
  }
  return chains;
}

function strayReason({ stages, group, standing }: Drafting, node: number): Reason {
  const { present } = stages;
  const name = groupName(present, group);
  const { holder } = standing;
  const text =
    holder === null || holder.node === node
      ? `${name} does not belong on ${nodeName(present, node)}`
      : `${nodeName(present, holder.node)} holds ${name} and ${nodeName(present, node)} does not`;
  return reason(text);
}

/** A failed member is stopped and started again where it is, and those after it with it. */
export function draftRestart(
  drafting: Drafting,
  chains: readonly StopChain[],
  probes: readonly Probe[],
): StopChain | null {
  const { stages, members, target } = drafting;
  const { present } = stages;
  if (chains.some((chain) => chain.node === target)) return null;
  const from = members.findIndex((resource) => {
    const state = stateOf(present, resource, target);
    return state === stateNumbers.failed || state === stateNumbers.stopping;
  });
  const broken = members[from];
  if (broken === undefined) return null;
  const resources = [...members.slice(from)]
    .reverse()
    .filter((resource) => stateOf(present, resource, target) !== stateNumbers.stopped);
  const why = brokenReason(drafting, broken);
  return {
    node: target,
    stops: chainStops({ drafting, node: target, resources, probes, why }),
    release: null,
    isHeld: drafting.isOwned,
    isRestart: true,
  };
}

function brokenReason({ stages, target }: Drafting, resource: number): Reason {
  const { present } = stages;
  const name = resourceName(present, resource);
  const seen = present.troubles.get(resource * present.nodeCount + target);
  const why = seen?.reason === undefined ? '' : ` (${seen.reason})`;
  if (seen !== undefined && isOutdated(seen)) {
    const text = `${name} runs on ${nodeName(present, target)} with parameters that the spec no longer has`;
    return reason(text, present.resources[resource]?.place);
  }
  const isFailed = stateOf(present, resource, target) === stateNumbers.failed;
  const text = isFailed
    ? `${name} failed on ${nodeName(present, target)}${why}`
    : `${name} is stopping on ${nodeName(present, target)}`;
  return reason(text, present.resources[resource]?.place);
}

/** Chains for a group that cannot be started yet: what runs is left running, unless a stop is under way already. */
export function withoutRestarts(present: Present, chains: readonly StopChain[]): readonly StopChain[] {
  return chains.filter(
    (chain) =>
      !chain.isRestart ||
      chain.stops.some((stop) => stateOf(present, stop.resource, stop.node) === stateNumbers.stopping),
  );
}

function chainStops(options: {
  readonly drafting: Drafting;
  readonly node: number;
  readonly resources: readonly number[];
  readonly probes: readonly Probe[];
  readonly why: Reason;
}): readonly Draft[] {
  const { drafting, node, resources, probes, why } = options;
  const { present } = drafting.stages;
  const stops: Draft[] = [];
  for (const resource of resources) {
    const probe = probes.find(
      (candidate) =>
        candidate.node === nodeName(present, node) && candidate.resource === resourceName(present, resource),
    );
    stops.push(
      draft(present, {
        kind: 'stop',
        node,
        group: drafting.group,
        resource,
        after: [stops.at(-1), probe],
        reason: why,
      }),
    );
  }
  return stops;
}

/** Why a holder gives the group up. */
function leaveReason({ stages, group, standing, target }: Drafting, node: number): Reason {
  const { present } = stages;
  const name = groupName(present, group);
  const spec = present.groups[group];
  if (spec?.desired === 'stopped') return toBeStoppedReason(present, group);
  if (standing.holder?.node === node && standing.holder.state !== 'own') {
    return reason(`${nodeName(present, node)} is giving ${name} up`);
  }
  if (target < 0) return reason(`no node may run ${name}`, spec?.place);
  return reason(`${name} belongs on ${nodeName(present, target)}`, spec?.place);
}
