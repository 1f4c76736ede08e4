/**
 * The judgement of one group, within the assignment: which nodes are excluded for it, how the others score, and which is best.
 */
import type { Candidate, ScorePart } from '../model/plan.js';
import type { Reason } from '../model/source.js';
import {
  addBalance,
  addScore,
  bestNode,
  candidatesOf,
  clearSheet,
  excludeNode,
  openNodes,
  overlookForHolder,
  pinnedCandidates,
} from './candidates.js';
import type { ScoreSheet } from './candidates.js';
import { ringMate } from './constraints.js';
import type { Constraints } from './constraints.js';
import { exclude } from './node-criteria.js';
import type { NodeCriteria } from './node-criteria.js';
import { judgePings } from './ping-criteria.js';
import { flagBits, groupName, nodeName } from './present.js';
import type { Present } from './present.js';
import {
  apartReason,
  avoidReason,
  bannedReason,
  besideReason,
  dependentHereReason,
  dependentShutReason,
  mateHereReason,
  placeOfUse,
  preferReason,
  reason,
  requireReason,
} from './reasons.js';
import { preferRanksMax, weights } from './scores.js';
import type { Pin, Standing } from './standing.js';

/** What the later stages read of the earlier ones. */
export interface Stages {
  readonly present: Present;
  readonly standings: readonly Standing[];
  readonly constraints: Constraints;
  readonly criteria: NodeCriteria;
}

/** How firmly a group stays where it is. */
export type Firmness = 'firm' | 'loose' | 'none';

/** One group before the others' seats. */
export interface Placing {
  readonly stages: Stages;
  readonly sheet: ScoreSheet;
  readonly group: number;
  readonly standing: Standing;
  readonly firmness: Firmness;
  /** Where each group belongs as far as is known: its place, or until it has one the node that it is on and may keep; -1 for nowhere. */
  readonly seats: Int32Array;
  /** Whether the group is somewhere now and may stay there. */
  readonly isSeated: boolean;
  /** 1 for groups that have been placed. */
  readonly isPlaced: Uint8Array;
  readonly loads: Int32Array;
}

/** Judges every node for the group and takes the best. */
export function placeGroup(placing: Placing): { readonly node: number; readonly candidates: readonly Candidate[] } {
  const { stages, sheet, group, standing, loads } = placing;
  const spec = stages.present.groups[group];
  if (standing.pin !== null) {
    const { pin } = standing;
    const pinned = { kind: partKindOf(pin), reason: pinReason(stages.present, group, pin) };
    return { node: pin.node, candidates: pinnedCandidates(sheet, pin.node, pinned) };
  }
  if (spec === undefined || spec.desired === 'stopped') return { node: -1, candidates: [] };
  clearSheet(sheet);
  const keeper = keeperOf(standing);
  if (keeper >= 0 && keeper < sheet.nodeCount) overlookForHolder(sheet, keeper);
  excludeByRequire(placing);
  excludeByFailures(placing);
  excludeByGroups(placing);
  const pings = stages.constraints.pings[group] ?? [];
  if (pings.length > 0) {
    const verdicts = judgePings({ present: stages.present, group, pings, candidates: openNodes(sheet), keeper });
    for (const { node, part } of verdicts) excludeNode(sheet, node, part);
  }
  scoreStay(placing);
  scoreWishes(placing);
  addBalance(sheet, loads);
  return { node: bestNode(sheet), candidates: candidatesOf(sheet, loads) };
}

/** The node that has the group and need not prove itself anew; -1 for none. */
function keeperOf(standing: Standing): number {
  const { holder } = standing;
  if (holder === null) return standing.current;
  return holder.state === 'own' ? holder.node : -1;
}

function partKindOf(pin: Pin): ScorePart['kind'] {
  if (pin.kind === 'blocked') return 'blocked';
  return pin.kind === 'maintenance' ? 'node-state' : 'liveness';
}

/** Why a pinned group stays where it is. */
export function pinReason(present: Present, group: number, pin: Pin): Reason {
  const node = nodeName(present, pin.node);
  const name = groupName(present, group);
  if (pin.kind === 'maintenance') {
    return reason(`${node} is in maintenance and has ${name}`, present.nodes[pin.node]?.statePlace);
  }
  if (pin.kind === 'unheard') return reason(`${node} has ${name} and has not been heard of yet`);
  const member = (present.members[group] ?? new Int32Array()).find((resource) =>
    isBlocked(present, resource, pin.node),
  );
  const what = member === undefined ? name : (present.resources[member]?.id ?? name);
  const why = member === undefined ? undefined : present.troubles.get(member * present.nodeCount + pin.node)?.reason;
  // What blocks may also be a monitor or a start whose `onFail` or policy says so.
  const how = why === undefined || /^(stop|kill)\b/.test(why) ? 'could not be stopped' : 'is blocked';
  return reason(`${what} ${how} on ${node}${why === undefined ? '' : ` (${why})`}`, present.groups[group]?.place);
}

function isBlocked(present: Present, resource: number, node: number): boolean {
  return ((present.flags[resource * present.nodeCount + node] ?? 0) & flagBits.blocked) !== 0;
}

function excludeByRequire({ stages, sheet, group }: Placing): void {
  const mask = stages.constraints.requireMask[group] ?? null;
  const spec = stages.present.groups[group];
  if (mask === null || spec === undefined) return;
  const part = exclude('require', requireReason(spec));
  for (let node = 0; node < sheet.nodeCount; node++) if (mask[node] === 0) excludeNode(sheet, node, part);
}

function excludeByFailures({ stages, sheet, group }: Placing): void {
  const { present } = stages;
  const spec = present.groups[group];
  for (const node of present.bannedOn[group] ?? []) {
    const cell = (present.members[group] ?? new Int32Array())
      .map((resource) => resource * present.nodeCount + node)
      .find((candidate) => ((present.flags[candidate] ?? 0) & flagBits.banned) !== 0);
    const seen = cell === undefined ? undefined : present.troubles.get(cell);
    if (spec === undefined || seen === undefined) continue;
    excludeNode(sheet, node, exclude('failure', bannedReason({ group: spec, seen })));
  }
}

function excludeByGroups({ stages, sheet, group, standing, seats, isPlaced, isSeated }: Placing): void {
  const { present, constraints } = stages;
  const spec = present.groups[group];
  if (spec === undefined) return;
  if (constraints.inRing[group] === 1 && !isSeated) {
    // What can never begin takes no place from others.
    const part = exclude('with', ringReason({ stages, group }));
    for (let node = 0; node < sheet.nodeCount; node++) excludeNode(sheet, node, part);
  }
  for (const primary of constraints.beside[group] ?? []) {
    const where = seats[primary] ?? -1;
    const node = where >= 0 ? nodeName(present, where) : null;
    const part = exclude('with', besideReason({ group: spec, other: groupName(present, primary), node }));
    for (let other = 0; other < sheet.nodeCount; other++) if (other !== where) excludeNode(sheet, other, part);
  }
  for (const other of constraints.apart[group] ?? []) {
    const where = seats[other] ?? -1;
    const otherSpec = present.groups[other];
    if (where < 0 || otherSpec === undefined) continue;
    // Two that share a node must part, so the one that is placed first does not yield to the other's old seat.
    if (where === standing.current && isPlaced[other] === 0) continue;
    const why = apartReason({ group: spec, other: otherSpec, node: nodeName(present, where) });
    excludeNode(sheet, where, exclude('apart', why));
  }
}

/** Why a group in a ring can never begin. */
export function ringReason(options: { readonly stages: Stages; readonly group: number }): Reason {
  const { present, constraints } = options.stages;
  const spec = present.groups[options.group];
  const mate = groupName(present, ringMate(constraints, options.group));
  const place = placeOfUse([...(spec?.after ?? []), ...(spec?.with ?? [])], mate) ?? spec?.place;
  return reason(`${spec?.id ?? ''} and ${mate} wait for each other in a ring, so neither can begin`, place);
}

function scoreStay({ stages, sheet, group, standing, firmness }: Placing): void {
  if (firmness === 'none') return;
  const score = firmness === 'firm' ? weights.stayFirm : weights.stayLoose;
  for (const { node, why } of stayNodes(stages.present, group, standing)) {
    if (node < sheet.nodeCount) addScore(sheet, node, { kind: 'stay', score, reason: why });
  }
}

function stayNodes(
  present: Present,
  group: number,
  standing: Standing,
): readonly { readonly node: number; readonly why: Reason }[] {
  const name = groupName(present, group);
  const place = present.groups[group]?.place;
  const { holder, running, claimants } = standing;
  if (holder !== null) {
    const text =
      holder.state === 'own'
        ? `${name} is on ${nodeName(present, holder.node)} and stays while it may`
        : `${name} is still on ${nodeName(present, holder.node)}`;
    return [{ node: holder.node, why: reason(text, place) }];
  }
  if (running.length > 0) {
    return running.map((node) => ({ node, why: reason(`${name} runs on ${nodeName(present, node)} already`, place) }));
  }
  return claimants.map((node) => ({ node, why: reason(`${nodeName(present, node)} asks for ${name} already`, place) }));
}

function scoreWishes(placing: Placing): void {
  const { stages, sheet, group } = placing;
  const { present, constraints } = stages;
  const spec = present.groups[group];
  if (spec === undefined) return;
  const prefer = constraints.prefer[group] ?? [];
  const preferred = new Set<number>();
  prefer.forEach(({ selector, nodes }, rank) => {
    const steps = Math.max(1, Math.min(prefer.length, preferRanksMax) - rank);
    const part: ScorePart = {
      kind: 'prefer',
      score: steps * weights.preferStep,
      reason: preferReason({ group: spec, selector, rank }),
    };
    for (const node of nodes) {
      if (preferred.has(node)) continue;
      preferred.add(node);
      addScore(sheet, node, part);
    }
  });
  const avoided = new Set<number>();
  for (const { selector, nodes } of constraints.avoid[group] ?? []) {
    const part: ScorePart = { kind: 'avoid', score: weights.avoid, reason: avoidReason(spec, selector) };
    for (const node of nodes) {
      if (avoided.has(node)) continue;
      avoided.add(node);
      addScore(sheet, node, part);
    }
  }
  const dependents = constraints.dependents[group] ?? [];
  if (dependents.length > 0) scoreDependents(placing, dependents);
}

/**
 * What must run beside the group draws it to where that is, and keeps it from where that may not be. What must run beside several groups has none of them apart.
 */
function scoreDependents({ stages, sheet, group, seats, isSeated }: Placing, dependents: readonly number[]): void {
  const { present, constraints, criteria } = stages;
  const spec = present.groups[group];
  if (spec === undefined) return;
  const draw = spec.failback === 'never' ? weights.dependentHere : weights.dependentHereLoose;
  const shut = criteria.shutFor[group] ?? null;
  const mates = isSeated ? NO_MATES : matesOf({ constraints, group, dependents, seats });
  for (let node = 0; node < sheet.nodeCount; node++) {
    if (sheet.isExcluded[node] === 1) continue;
    const shutOut = shut === null ? -1 : (shut[node] ?? 0) - 1;
    const barred = present.groups[shutOut >= 0 ? shutOut : apartDependent({ constraints, group, node, seats })];
    if (barred !== undefined) {
      const why = dependentShutReason({ dependent: barred, group: spec, node: nodeName(present, node) });
      addScore(sheet, node, { kind: 'with', score: weights.dependentShut, reason: why });
    }
    const here = isSeated ? undefined : present.groups[dependents.find((each) => seats[each] === node) ?? -1];
    if (here !== undefined) {
      const why = dependentHereReason({ dependent: here, group: spec, node: nodeName(present, node) });
      addScore(sheet, node, { kind: 'with', score: draw, reason: why });
      continue;
    }
    const mate = mates.get(node);
    const dependent = mate === undefined ? undefined : present.groups[mate.dependent];
    if (mate === undefined || dependent === undefined) continue;
    const why = mateHereReason({
      dependent,
      group: spec,
      mate: groupName(present, mate.primary),
      node: nodeName(present, node),
    });
    addScore(sheet, node, { kind: 'with', score: draw, reason: why });
  }
}

/** A group that must run beside two, and the other one of these. */
interface Mate {
  readonly dependent: number;
  readonly primary: number;
}

const NO_MATES: ReadonlyMap<number, Mate> = new Map();

/** By node, what belongs there of the groups that a dependent of this one must run beside as well. */
function matesOf(options: {
  readonly constraints: Constraints;
  readonly group: number;
  readonly dependents: readonly number[];
  readonly seats: Int32Array;
}): ReadonlyMap<number, Mate> {
  const { constraints, group, dependents, seats } = options;
  const mates = new Map<number, Mate>();
  for (const dependent of dependents) {
    for (const primary of constraints.beside[dependent] ?? []) {
      const node = seats[primary] ?? -1;
      if (primary !== group && node >= 0 && !mates.has(node)) mates.set(node, { dependent, primary });
    }
  }
  return mates;
}

/** A group that must run beside this one and apart from what belongs on the node; -1 for none. */
function apartDependent(options: {
  readonly constraints: Constraints;
  readonly group: number;
  readonly node: number;
  readonly seats: Int32Array;
}): number {
  const { constraints, group, node, seats } = options;
  for (const dependent of constraints.dependents[group] ?? []) {
    const apart = constraints.apart[dependent] ?? [];
    if (apart.some((other) => other !== group && seats[other] === node)) return dependent;
  }
  return -1;
}
