/**
 * Stage 1, second half: where each group stands now, by its leases and by what runs.
 */
import { isActive, livenessNumbers, stateNumbers } from './present.js';
import type { Present, PresentLease } from './present.js';

/**
 * Why a group may not be placed freely.
 *
 * blocked: a stop failed there, and nothing is done until a person acts. maintenance: a person works on the node that has it. unheard: the node that has it was not heard of yet.
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
  /** Nodes not known to be offline on which members may run. */
  readonly running: readonly number[];
  /** Where it is, by its lease or by what runs; -1 for nowhere known. */
  readonly current: number;
  readonly pin: Pin | null;
  /** Owned by a node that is not offline, with every member running there. */
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
  const running = active.every((node) => mayLive(present, node))
    ? active
    : active.filter((node) => mayLive(present, node));
  const [onlyRunning] = running.length === 1 ? running : NO_NODES;
  const current = holder === null ? (onlyRunning ?? -1) : holder.node;
  return {
    holder,
    claimants,
    running,
    current,
    pin: pinOf({ present, group, current }),
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

function pinOf(options: { readonly present: Present; readonly group: number; readonly current: number }): Pin | null {
  const { present, group, current } = options;
  const blockedOn = present.blockedOn[group] ?? NO_NODES;
  const [firstBlocked] = blockedOn;
  if (firstBlocked !== undefined) {
    return { kind: 'blocked', node: blockedOn.includes(current) ? current : firstBlocked };
  }
  if (current < 0 || !mayLive(present, current)) return null;
  if (present.nodes[current]?.state === 'maintenance') return { kind: 'maintenance', node: current };
  const isWanted = present.groups[group]?.desired === 'started';
  return isWanted && present.liveness[current] === livenessNumbers.unknown ? { kind: 'unheard', node: current } : null;
}

function isUp(options: {
  readonly present: Present;
  readonly group: number;
  readonly holder: PresentLease | null;
}): boolean {
  const { present, group, holder } = options;
  if (holder === null || holder.state !== 'own' || !mayLive(present, holder.node)) return false;
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
