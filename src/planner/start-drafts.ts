/**
 * Stage 5, the claim and the starts: what brings a group up where it belongs, as far as it may be brought now.
 */
import type { Reason } from '../model/source.js';
import { draft } from './draft.js';
import type { Draft, Drafting, Hold, Probe, StopChain } from './draft.js';
import { flagBits, groupName, isActive, livenessNumbers, nodeName, resourceName, stateNumbers } from './present.js';
import { describeFailure, reason } from './reasons.js';
import { stateOf } from './standing.js';

const NO_DRAFTS: readonly Draft[] = [];

export function draftClaim(options: {
  readonly drafting: Drafting;
  readonly chains: readonly StopChain[];
  readonly awaitedProbes: readonly Probe[];
}): Draft {
  const { drafting, chains, awaitedProbes } = options;
  const { stages, group, target } = drafting;
  const { present } = stages;
  const releases = chains.map((chain) => chain.release);
  const why = reason(
    `${groupName(present, group)} belongs on ${nodeName(present, target)}`,
    present.groups[group]?.place,
  );
  return draft(present, {
    kind: 'claim',
    node: target,
    group,
    resource: -1,
    after: [...awaitedProbes, ...releases],
    reason: why,
  });
}

export function draftStarts(options: {
  readonly drafting: Drafting;
  readonly chains: readonly StopChain[];
  readonly claim: Draft | null;
  readonly probesHere: readonly Probe[];
}): { readonly starts: readonly Draft[]; readonly hold: Hold | null } {
  const { drafting, chains, claim, probesHere } = options;
  const { stages, group, members, target } = drafting;
  const { present } = stages;
  const starts: Draft[] = [];
  for (const resource of members) {
    const stopsOfMember = chains.flatMap((chain) => chain.stops.filter((stop) => stop.resource === resource));
    const isStopped = stopsOfMember.some((stop) => stop.node === target);
    const cell = resource * present.nodeCount + target;
    const isUp = stateOf(present, resource, target) === stateNumbers.running && !isStopped;
    const isReloaded = isUp && ((present.flags[cell] ?? 0) & flagBits.reloadable) !== 0;
    if (isUp && !isReloaded) continue;
    const first = starts.length === 0 ? [claim, ...(claim === null ? probesHere : NO_DRAFTS)] : [starts.at(-1)];
    if (isReloaded) {
      const why = reason(
        `the parameters of ${resourceName(present, resource)} change`,
        present.resources[resource]?.place,
      );
      starts.push(draft(present, { kind: 'reload', node: target, group, resource, after: first, reason: why }));
      continue;
    }
    if (((present.flags[cell] ?? 0) & flagBits.backingOff) !== 0) {
      return {
        starts,
        hold: { kind: 'back-off', subject: resource, node: target, wanted: failedReason(drafting, resource) },
      };
    }
    const stray = immovableStray(drafting, resource);
    if (stray !== null) return { starts, hold: { ...stray, wanted: startReason(drafting, resource) } };
    const awaited =
      present.groups[group]?.exclusive === 'none'
        ? stopsOfMember.filter((stop) => stop.node === target)
        : stopsOfMember;
    const why = startReason(drafting, resource);
    starts.push(
      draft(present, { kind: 'start', node: target, group, resource, after: [...first, ...awaited], reason: why }),
    );
  }
  return { starts, hold: null };
}

/** What runs by nobody's lease on a node not heard of yet may turn out to be adopted there. */
export function runsUnheard({ stages, standing, target }: Drafting): Hold | null {
  const { present } = stages;
  if (standing.holder !== null) return null;
  const node = standing.running.find((each) => each !== target && present.liveness[each] === livenessNumbers.unknown);
  return node === undefined ? null : { kind: 'unheard', subject: -1, node, wanted: null };
}

/** R14: what needs fencing and was last held by a node that is silent now is nobody's before that node is dead for certain. */
export function awaitsFence({ stages, group, standing }: Drafting): Hold | null {
  const { present } = stages;
  const { holder } = standing;
  if (holder === null || present.groups[group]?.exclusive !== 'fencing') return null;
  if (present.liveness[holder.node] !== livenessNumbers.offline) return null;
  return { kind: 'fencing', subject: -1, node: holder.node, wanted: null };
}

/** A member that runs on another node where nobody can stop it now. */
function immovableStray({ stages, group, target }: Drafting, resource: number): Hold | null {
  const { present, criteria } = stages;
  if (present.groups[group]?.exclusive === 'none') return null;
  for (const node of present.activeOn[group] ?? []) {
    if (node === target || criteria.canAct[node] === 1 || present.liveness[node] === livenessNumbers.offline) continue;
    if (!isActive(stateOf(present, resource, node))) continue;
    const isMaintained = present.nodes[node]?.state === 'maintenance';
    return { kind: isMaintained ? 'maintenance' : 'unheard', subject: -1, node, wanted: null };
  }
  return null;
}

function failedReason({ stages, target }: Drafting, resource: number): Reason {
  const { present } = stages;
  const seen = present.troubles.get(resource * present.nodeCount + target);
  const name = resourceName(present, resource);
  const text = seen === undefined ? `${name} failed on ${nodeName(present, target)}` : describeFailure(seen);
  return reason(text, present.resources[resource]?.place);
}

function startReason({ stages, target }: Drafting, resource: number): Reason {
  const { present } = stages;
  const name = resourceName(present, resource);
  const node = nodeName(present, target);
  const state = stateOf(present, resource, target);
  if (state === stateNumbers.unknown) return reason(`${name} is not known to run on ${node}`);
  if (state === stateNumbers.starting) return reason(`${name} is starting on ${node}`);
  if (state === stateNumbers.stopped) return reason(`${name} does not run on ${node}`);
  return reason(`${name} is started again on ${node}`);
}
