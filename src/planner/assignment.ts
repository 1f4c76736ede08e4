/**
 * Stage 4, assignment: every group gets the node with the best score, or none.
 *
 * A group comes after those on which it depends; among equals by id. Until a group is placed it counts as seated where it is and may stay, so that nothing has to move for the sake of a group that does not
 * run yet. Groups bound to others are then looked at again, given where those went, until nothing changes.
 */
import type { Candidate } from '../model/plan.js';
import { scoreSheet } from './candidates.js';
import { placeGroup } from './placing.js';
import type { Firmness, Placing, Stages } from './placing.js';
import type { Present } from './present.js';
import type { Standing } from './standing.js';

/** Where groups belong. */
export interface Assignment {
  /** By group: the node where it belongs; -1 for nowhere. */
  readonly placedOn: Int32Array;
  /** By group: the nodes' standing, best first; empty for groups that are to be stopped. */
  readonly candidates: readonly (readonly Candidate[])[];
}

/** How often groups that are bound to each other are looked at again. */
const passesMax = 8;

/** Places every group. */
export function assignGroups(stages: Stages): Assignment {
  const { present, standings, criteria } = stages;
  const count = present.groups.length;
  const candidates: (readonly Candidate[])[] = new Array(count).fill([]);
  const firmness = standings.map((standing, group) => firmnessOf({ present, standing, group }));
  const seats = Int32Array.from(standings, (standing, group) => seatOf({ stages, standing, group }));
  const isSeated = Array.from(seats, (node) => node >= 0);
  const counted = Int32Array.from(standings, (standing, group) => countedOn({ present, standing, group }));
  const loads = new Int32Array(present.nodeCount);
  for (const node of counted) if (node >= 0) loads[node] = (loads[node] ?? 0) + 1;
  const isPlaced = new Uint8Array(count);
  const sheet = scoreSheet(present.nodeNames, criteria);

  const place = (group: number): boolean => {
    const standing = standings[group];
    if (standing === undefined) return false;
    // What is to be stopped weighs nothing, also where it cannot be: if it has left the spec, the other nodes do not know of it.
    const weight = present.groups[group]?.desired === 'started' ? 1 : 0;
    const before = (isPlaced[group] === 1 ? seats[group] : counted[group]) ?? -1;
    if (before >= 0) loads[before] = (loads[before] ?? 0) - weight;
    const placing: Placing = {
      isSeated: isSeated[group] === true,
      stages,
      sheet,
      group,
      standing,
      firmness: firmness[group] ?? 'none',
      seats,
      isPlaced,
      loads,
    };
    const { node, candidates: judged } = placeGroup(placing);
    const isNews = seats[group] !== node;
    seats[group] = node;
    isPlaced[group] = 1;
    candidates[group] = judged;
    if (node >= 0) loads[node] = (loads[node] ?? 0) + weight;
    return isNews;
  };

  const order = assignmentOrder(stages);
  for (const group of order) place(group);
  const bound = order.filter((group) => isBound(stages, group));
  for (let pass = 1; pass < passesMax; pass++) {
    const changed = bound.filter(place);
    if (changed.length === 0) break;
  }
  return { placedOn: seats, candidates };
}

/** Whether a group's place depends on where others are. */
function isBound({ constraints }: Stages, group: number): boolean {
  const lists = [constraints.apart, constraints.beside, constraints.dependents];
  return lists.some((list) => (list[group] ?? []).length > 0);
}

function firmnessOf(options: {
  readonly present: Present;
  readonly standing: Standing;
  readonly group: number;
}): Firmness {
  const { present, standing, group } = options;
  const { holder, running, claimants, pin } = standing;
  if (pin !== null) return 'firm';
  if (holder === null && running.length === 0) return claimants.length > 0 ? 'loose' : 'none';
  if (holder !== null && holder.state !== 'own') return 'loose';
  const keepsWithoutQuorum = holder !== null && present.quorate[holder.node] === 0;
  return keepsWithoutQuorum || present.groups[group]?.failback === 'never' ? 'firm' : 'loose';
}

/** The node that a group is on and may keep as far as it alone is concerned; -1 for none. */
function seatOf(options: { readonly stages: Stages; readonly standing: Standing; readonly group: number }): number {
  const { stages, standing, group } = options;
  const { present, constraints, criteria } = stages;
  if (standing.pin !== null) return standing.pin.node;
  const node = standing.current;
  if (node < 0 || node >= present.nodeCount || present.groups[group]?.desired !== 'started') return -1;
  if (standing.holder?.state === 'lapsed') return -1;
  const mask = constraints.requireMask[group] ?? null;
  const isShut =
    (criteria.excludingForHolder[node] ?? []).length > 0 ||
    (mask !== null && mask[node] === 0) ||
    (present.bannedOn[group] ?? []).includes(node);
  return isShut ? -1 : node;
}

/** The node on which a group counts for balance before it is placed; -1 for none. */
function countedOn(options: {
  readonly present: Present;
  readonly standing: Standing;
  readonly group: number;
}): number {
  const { present, standing, group } = options;
  if (present.groups[group]?.desired !== 'started') return -1;
  const [onlyClaimant = -1] = standing.claimants.length === 1 ? standing.claimants : [];
  const node = standing.current >= 0 ? standing.current : onlyClaimant;
  return node < present.nodeCount ? node : -1;
}

/** What is pinned has its place already; a group comes after those on which it depends, so that it takes no place from one without which it cannot start. */
function assignmentOrder({ standings, constraints }: Stages): number[] {
  const pinned: number[] = [];
  const free: number[] = [];
  for (const group of constraints.order) {
    if (standings[group]?.pin === null) free.push(group);
    else pinned.push(group);
  }
  return [...pinned, ...free];
}
