/**
 * Stage 5, actions: what is to be done about each group by itself, with the order within the group.
 *
 * Probes come first, then stops where the group does not belong, then the release, the claim and the starts.
 */
import { actionId } from '../model/plan.js';
import type { Reason } from '../model/source.js';
import type { Assignment } from './assignment.js';
import { mayRun } from './constraints.js';
import { draft, mustFollow } from './draft.js';
import type { Draft, Drafting, GroupDraft, Probe } from './draft.js';
import type { Stages } from './placing.js';
import { groupName, nodeName, resourceName, stateNumbers } from './present.js';
import type { PresentLease } from './present.js';
import { reason } from './reasons.js';
import { awaitsFence, draftClaim, draftStarts, runsUnheard } from './start-drafts.js';
import { draftGivingUp, draftRestart, draftStrayStops, withoutRestarts } from './stop-drafts.js';

const NO_DRAFTS: readonly Draft[] = [];
const NO_PROBES: readonly Probe[] = [];
const NO_IDS: readonly string[] = [];
const NO_REASON: Reason = { text: 'what runs there is not known' };
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
  const probesHere = probes.length === 0 ? NO_PROBES : probesOn(probes, nodeName(stages.present, target));
  const isHandedOver = chains.some((chain) => chain.release !== null && chain.node === standing.holder?.node);
  const isShared = stages.present.groups[group]?.exclusive === 'none';
  // What nobody holds may run anywhere; while somebody holds it, only the next node must be known.
  const awaitedProbes = isOwned || isHandedOver || isShared ? probesHere : probes;
  const restarted = restart === null ? chains : [...chains, restart];
  const unheard = isOwned || isShared ? null : (awaitsFence(drafting) ?? runsUnheard(drafting));
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

function probesOn(probes: readonly Probe[], node: string): readonly Probe[] {
  return probes.filter((probe) => probe.node === node);
}

function draftProbes(drafting: Drafting): readonly Probe[] {
  const { stages, group, members, leases } = drafting;
  const { present, constraints, criteria } = stages;
  const name = groupName(present, group);
  let probes: Probe[] | null = null;
  let beginnings: readonly string[] = [];
  for (const node of criteria.probed) {
    for (let place = 0; place < members.length; place++) {
      const member = members[place] ?? 0;
      if (present.state[member * present.nodeCount + node] !== stateNumbers.unknown) continue;
      const holds = leases.some((lease) => lease.node === node);
      if (!holds && !mayRun({ present, constraints, group, node })) break;
      if (probes === null) {
        probes = [];
        beginnings = beginningsOfIds(drafting);
      }
      const there = nodeName(present, node);
      probes.push({
        id: (beginnings[place] ?? '') + there,
        kind: 'probe',
        node: there,
        group: name,
        resource: resourceName(present, member),
        after: NO_IDS,
        reason: criteria.probeReasons[node] ?? NO_REASON,
      });
    }
  }
  return probes ?? NO_PROBES;
}

/** What the ids of a member's probes have in common, so that millions of them share their text. */
function beginningsOfIds({ stages, group, members }: Drafting): readonly string[] {
  const { present } = stages;
  return [...members].map((member) =>
    actionId({ kind: 'probe', node: '', group: groupName(present, group), resource: resourceName(present, member) }),
  );
}

/** Claims under way on nodes where the group does not belong are dropped. */
function draftWithdrawals({ stages, group, standing, target }: Drafting): readonly Draft[] {
  const { present, criteria } = stages;
  if (standing.claimants.length === 0) return NO_DRAFTS;
  return standing.claimants
    .filter((node) => criteria.canAct[node] === 1 && (node !== target || standing.pin !== null))
    .map((node) => {
      const why = reason(`${groupName(present, group)} does not belong on ${nodeName(present, node)}`);
      return draft(present, { kind: 'release', node, group, resource: -1, reason: why });
    });
}
