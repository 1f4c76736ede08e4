/**
 * Stage 1, second half: where each group stands now, by its leases and by what runs.
 */
import { isActive, livenessNumbers, stateNumbers } from './present.js';
import type { Present, PresentLease } from './present.js';

/**
 * Why a group may not be placed freely.
 *
 * blocked: a stop failed there, and nothing is done until a person acts. maintenance: a person works on the node that has it. unheard: the node that holds it was not heard of yet.
 */
export interface Pin {
  readonly kind: 'blocked' | 'maintenance' | 'unheard';
  readonly node: number;
}

/** Where a group stands now. */
export interface Standing {
  /** The newest lease that is more than a claim; its holder may be offline or a stranger. */
  readonly holder: PresentLease | null;
  /** Online nodes that ask for the lease. */
  readonly claimants: readonly number[];
  /** Nodes not known to be offline on which members run. */
  readonly running: readonly number[];
  /** Where it is, by its lease or by what runs; -1 for nowhere known. */
  readonly current: number;
  readonly pin: Pin | null;
  /** Held by a node that is not offline, with every member running there. */
  readonly isUp: boolean;
}

const NO_NODES: readonly number[] = [];

/** The standing of every group, by its number. */
export function readStandings(present: Present): readonly Standing[] {
  return present.groups.map((_, group) => readStanding(present, group));
}

function readStanding(present: Present, group: number): Standing {
  const leases = present.leases[group] ?? [];
  const holder = leases.find((lease) => lease.state !== 'claim') ?? null;
  const claimants = leases.some((lease) => lease.state === 'claim') ? claimantsOf(present, leases) : NO_NODES;
  const active = present.activeOn[group] ?? NO_NODES;
  const running = active.filter((node) => mayLive(present, node) && runsOn({ present, group, node }));
  const current = holder === null ? runningNode(present, running) : holder.node;
  return {
    holder,
    claimants,
    running,
    current,
    pin: pinOf({ present, group, current, isHeld: holder !== null }),
    isUp: isUp({ present, group, holder }),
  };
}

function claimantsOf(present: Present, leases: readonly PresentLease[]): readonly number[] {
  return leases
    .filter((lease) => lease.state === 'claim' && present.liveness[lease.node] === livenessNumbers.online)
    .map((lease) => lease.node)
    .sort((a, b) => a - b);
}

function mayLive(present: Present, node: number): boolean {
  return present.liveness[node] !== livenessNumbers.offline;
}

/** Where a group is that nobody holds: where nothing may be stopped, or else the only node that runs it; -1 when that is open. */
function runningNode(present: Present, running: readonly number[]): number {
  const maintained = running.find((node) => present.nodes[node]?.state === 'maintenance');
  const [first = -1] = running;
  return maintained ?? (running.length === 1 ? first : -1);
}

/** Whether a member runs on the node, well or badly; one that is being stopped there is on its way out. */
function runsOn(options: { readonly present: Present; readonly group: number; readonly node: number }): boolean {
  const { present, group, node } = options;
  const members = present.members[group] ?? new Int32Array();
  return members.some((resource) => {
    const state = stateOf(present, resource, node);
    return isActive(state) && state !== stateNumbers.stopping;
  });
}

function pinOf(options: {
  readonly present: Present;
  readonly group: number;
  readonly current: number;
  readonly isHeld: boolean;
}): Pin | null {
  const { present, group, current, isHeld } = options;
  const blockedOn = present.blockedOn[group] ?? NO_NODES;
  const [firstBlocked] = blockedOn;
  if (firstBlocked !== undefined) {
    return { kind: 'blocked', node: blockedOn.includes(current) ? current : firstBlocked };
  }
  if (current < 0 || !mayLive(present, current)) return null;
  if (present.nodes[current]?.state === 'maintenance') return { kind: 'maintenance', node: current };
  const isKept = isHeld && present.groups[group]?.desired === 'started';
  return isKept && present.liveness[current] === livenessNumbers.unknown ? { kind: 'unheard', node: current } : null;
}

function isUp(options: {
  readonly present: Present;
  readonly group: number;
  readonly holder: PresentLease | null;
}): boolean {
  const { present, group, holder } = options;
  if (holder === null || holder.state === 'lapsed' || !mayLive(present, holder.node)) return false;
  const members = present.members[group] ?? new Int32Array();
  return members.every((resource) => stateOf(present, resource, holder.node) === stateNumbers.running);
}

/** The state of a resource on a node; unknown for strangers. */
export function stateOf(present: Present, resource: number, node: number): number {
  if (node >= present.nodeCount) return stateNumbers.unknown;
  return present.state[resource * present.nodeCount + node] ?? stateNumbers.unknown;
}

/** Whether a member may run on a node. */
export function isActiveOn(present: Present, resource: number, node: number): boolean {
  return isActive(stateOf(present, resource, node));
}
