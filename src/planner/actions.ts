/**
 * Stage 5, actions: what is to be done about each group by itself, with the order within the group.
 *
 * Probes come first, then stops where the group does not belong, then the release, the claim and the starts.
 */
import type { Assignment } from './assignment.js';
import type { Stages } from './placing.js';
import { mayRun } from './constraints.js';
import { draft, mustFollow } from './draft.js';
import type { Draft, GroupDraft, Hold, StopChain } from './draft.js';
import { flagBits, groupName, isActive, livenessNumbers, nodeName, resourceName, stateNumbers } from './present.js';
import type { Present, PresentLease } from './present.js';
import { reason } from './reasons.js';
import type { Reason } from '../model/source.js';
import { stateOf } from './standing.js';
import type { Standing } from './standing.js';

/** Chains for a group that cannot be started yet: what runs is left running, unless a stop is under way already. */
export function withoutRestarts(present: Present, chains: readonly StopChain[]): readonly StopChain[] {
  return chains.filter(
    (chain) =>
      !chain.isRestart ||
      chain.stops.some((stop) => stateOf(present, stop.resource, stop.node) === stateNumbers.stopping),
  );
}

interface Drafting {
  readonly stages: Stages;
  readonly group: number;
  readonly standing: Standing;
  readonly members: Int32Array;
  readonly target: number;
  readonly leases: readonly PresentLease[];
  /** The target holds a valid lease; one that it was giving up is taken up again. */
  readonly isOwned: boolean;
}

const NO_DRAFTS: readonly Draft[] = [];
const NO_LEASES: readonly PresentLease[] = [];

/** Drafts for every group, by number; null for a group about which nothing is to be done. */
export function draftActions(stages: Stages, assignment: Assignment): readonly (GroupDraft | null)[] {
  return stages.present.groups.map((_, group) => {
    const standing = stages.standings[group];
    if (standing === undefined || standing.pin?.kind === 'blocked') return null;
    const target = assignment.placedOn[group] ?? -1;
    const { holder } = standing;
    return draftGroup({
      stages,
      group,
      standing,
      members: stages.present.members[group] ?? new Int32Array(),
      target,
      leases: stages.present.leases[group] ?? NO_LEASES,
      isOwned: holder !== null && holder.node === target && (holder.state === 'own' || holder.state === 'stop'),
    });
  });
}

function draftGroup(drafting: Drafting): GroupDraft | null {
  const { stages, group, standing, target, isOwned } = drafting;
  const probes = draftProbes(drafting);
  const withdrawals = draftWithdrawals(drafting);
  const chains = [...draftGivingUp(drafting, probes), ...draftStrayStops(drafting, probes)];
  const isFree = target >= 0 && standing.pin === null;
  if (!isFree) {
    if (probes.length + withdrawals.length + chains.length === 0) return null;
    return { group, probes, chains, withdrawals, isOwned, claim: null, starts: [], hold: null, awaitedProbes: [] };
  }
  const restart = draftRestart(drafting, chains, probes);
  const probesHere = probes.filter((probe) => probe.node === target);
  const isHandedOver = chains.some((chain) => chain.release !== null && chain.node === standing.holder?.node);
  const isShared = stages.present.groups[group]?.exclusive === 'none';
  // What nobody holds may run anywhere; while somebody holds it, only the next node must be known.
  const awaitedProbes = isOwned || isHandedOver || isShared ? probesHere : probes;
  const restarted = restart === null ? chains : [...chains, restart];
  const unheard = isOwned || isShared ? null : runsUnheard(drafting);
  const allChains = unheard === null ? restarted : withoutRestarts(stages.present, restarted);
  const claim = isOwned || unheard !== null ? null : draftClaim({ drafting, chains, awaitedProbes });
  const { starts, hold } =
    unheard === null
      ? draftStarts({ drafting, chains: allChains, claim, probesHere })
      : { starts: NO_DRAFTS, hold: unheard };
  if (probes.length + withdrawals.length + allChains.length + starts.length === 0 && claim === null && hold === null) {
    return null;
  }
  for (const chain of chains) {
    const [first] = chain.stops;
    // A group leaves its node only once the next one is known, so that it is not down for the length of a probe.
    const isLeft = chain.node !== target && (chain.isHeld || standing.holder === null);
    if (isLeft && first !== undefined) mustFollow(first, probesHere);
  }
  return { group, probes, chains: allChains, withdrawals, isOwned, claim, starts, hold, awaitedProbes };
}

function draftProbes({ stages, group, members, leases }: Drafting): readonly Draft[] {
  const { present, constraints, criteria } = stages;
  let probes: Draft[] | null = null;
  for (const node of criteria.probed) {
    for (const resource of members) {
      if (present.state[resource * present.nodeCount + node] !== stateNumbers.unknown) continue;
      const holds = leases.some((lease) => lease.node === node);
      if (!holds && !mayRun({ present, constraints, group, node })) break;
      const why = reason(
        `it is not known whether ${resourceName(present, resource)} runs on ${nodeName(present, node)}`,
      );
      probes ??= [];
      probes.push(draft({ kind: 'probe', node, group, resource, reason: why }));
    }
  }
  return probes ?? NO_DRAFTS;
}

/** Claims under way on nodes where the group does not belong are dropped. */
function draftWithdrawals({ stages, group, standing, target }: Drafting): readonly Draft[] {
  const { present, criteria } = stages;
  if (standing.claimants.length === 0) return NO_DRAFTS;
  return standing.claimants
    .filter((node) => criteria.canAct[node] === 1 && (node !== target || standing.pin !== null))
    .map((node) => {
      const why = reason(`${groupName(present, group)} does not belong on ${nodeName(present, node)}`);
      return draft({ kind: 'release', node, group, resource: -1, reason: why });
    });
}

/** Whoever holds the lease and is not to keep it stops the members and releases it. */
function draftGivingUp(drafting: Drafting, probes: readonly Draft[]): StopChain[] {
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
    const release = draft({
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
function draftStrayStops(drafting: Drafting, probes: readonly Draft[]): StopChain[] {
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
    const why = reason(
      `${groupName(present, group)} ${isElsewhere ? 'is held by another node than' : 'does not belong on'} ${nodeName(present, node)}`,
    );
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

/** A failed member is stopped and started again where it is, and those after it with it. */
function draftRestart(drafting: Drafting, chains: readonly StopChain[], probes: readonly Draft[]): StopChain | null {
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
  const isFailed = stateOf(present, resource, target) === stateNumbers.failed;
  const text = isFailed
    ? `${name} failed on ${nodeName(present, target)}${why}`
    : `${name} is stopping on ${nodeName(present, target)}`;
  return reason(text, present.resources[resource]?.place);
}

function chainStops(options: {
  readonly drafting: Drafting;
  readonly node: number;
  readonly resources: readonly number[];
  readonly probes: readonly Draft[];
  readonly why: Reason;
}): readonly Draft[] {
  const { drafting, node, resources, probes, why } = options;
  const stops: Draft[] = [];
  for (const resource of resources) {
    const probe = probes.find((candidate) => candidate.node === node && candidate.resource === resource);
    stops.push(
      draft({ kind: 'stop', node, group: drafting.group, resource, after: [stops.at(-1), probe], reason: why }),
    );
  }
  return stops;
}

/** Why a holder gives the group up. */
function leaveReason({ stages, group, standing, target }: Drafting, node: number): Reason {
  const { present } = stages;
  const name = groupName(present, group);
  const spec = present.groups[group];
  if (spec?.desired === 'stopped') return reason(`${name} is to be stopped`, spec.place);
  if (standing.holder?.node === node && standing.holder.state !== 'own') {
    return reason(`${nodeName(present, node)} is giving ${name} up`);
  }
  if (target < 0) return reason(`no node may run ${name}`, spec?.place);
  return reason(`${name} belongs on ${nodeName(present, target)}`, spec?.place);
}

function draftClaim(options: {
  readonly drafting: Drafting;
  readonly chains: readonly StopChain[];
  readonly awaitedProbes: readonly Draft[];
}): Draft {
  const { drafting, chains, awaitedProbes } = options;
  const { stages, group, target } = drafting;
  const { present } = stages;
  const releases = chains.map((chain) => chain.release);
  const why = reason(
    `${groupName(present, group)} belongs on ${nodeName(present, target)}`,
    present.groups[group]?.place,
  );
  return draft({
    kind: 'claim',
    node: target,
    group,
    resource: -1,
    after: [...awaitedProbes, ...releases],
    reason: why,
  });
}

function draftStarts(options: {
  readonly drafting: Drafting;
  readonly chains: readonly StopChain[];
  readonly claim: Draft | null;
  readonly probesHere: readonly Draft[];
}): { readonly starts: readonly Draft[]; readonly hold: Hold | null } {
  const { drafting, chains, claim, probesHere } = options;
  const { stages, group, members, target } = drafting;
  const { present } = stages;
  const starts: Draft[] = [];
  for (const resource of members) {
    const stopsOfMember = chains.flatMap((chain) => chain.stops.filter((stop) => stop.resource === resource));
    const isStopped = stopsOfMember.some((stop) => stop.node === target);
    if (stateOf(present, resource, target) === stateNumbers.running && !isStopped) continue;
    const cell = resource * present.nodeCount + target;
    if (((present.flags[cell] ?? 0) & flagBits.backingOff) !== 0) {
      return { starts, hold: { kind: 'back-off', subject: resource, node: target } };
    }
    const stray = immovableStray(drafting, resource);
    if (stray !== null) return { starts, hold: stray };
    const first = starts.length === 0 ? [claim, ...(claim === null ? probesHere : NO_DRAFTS)] : [starts.at(-1)];
    const awaited =
      present.groups[group]?.exclusive === 'none'
        ? stopsOfMember.filter((stop) => stop.node === target)
        : stopsOfMember;
    const why = startReason(drafting, resource);
    starts.push(draft({ kind: 'start', node: target, group, resource, after: [...first, ...awaited], reason: why }));
  }
  return { starts, hold: null };
}

/** What runs by nobody's lease on a node not heard of yet may turn out to be adopted there. */
function runsUnheard({ stages, standing, target }: Drafting): Hold | null {
  const { present } = stages;
  if (standing.holder !== null) return null;
  const node = standing.running.find((each) => each !== target && present.liveness[each] === livenessNumbers.unknown);
  return node === undefined ? null : { kind: 'unheard', subject: -1, node };
}

/** A member that runs on another node where nobody can stop it now. */
function immovableStray({ stages, group, target }: Drafting, resource: number): Hold | null {
  const { present, criteria } = stages;
  if (present.groups[group]?.exclusive === 'none') return null;
  for (const node of present.activeOn[group] ?? []) {
    if (node === target || criteria.canAct[node] === 1 || present.liveness[node] === livenessNumbers.offline) continue;
    if (!isActive(stateOf(present, resource, node))) continue;
    const isMaintained = present.nodes[node]?.state === 'maintenance';
    return { kind: isMaintained ? 'maintenance' : 'unheard', subject: -1, node };
  }
  return null;
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
