/**
 * Actions while they are being thought out: by number, with their preconditions as references, so that later stages can add to them or drop them.
 */
import type { Action } from '../model/plan.js';
import type { Reason } from '../model/source.js';
import { groupName, nodeName, resourceName } from './present.js';
import type { Stages } from './placing.js';
import type { Present, PresentLease } from './present.js';
import type { Standing } from './standing.js';

/** A probe follows nothing and is never dropped, so it is an action from the start: there may be millions of them. */
export interface Probe extends Action {
  readonly kind: 'probe';
}

/** What an action may follow. */
export type Before = Draft | Probe;

/** One action to be, other than a probe. `resource` is -1 for claim and release; `id` is that of the action. */
export interface Draft {
  readonly id: string;
  readonly kind: Exclude<Action['kind'], 'probe'>;
  readonly node: number;
  readonly group: number;
  readonly resource: number;
  readonly after: Before[];
  readonly reason: Reason;
}

/** Stops on one node, in the order in which they are done. `isHeld`: the node holds the lease. `isRestart`: the members are started again there. */
export interface StopChain {
  readonly node: number;
  readonly stops: readonly Draft[];
  readonly release: Draft | null;
  readonly isHeld: boolean;
  readonly isRestart: boolean;
}

/** Why the starts of a group end early. */
export interface Hold {
  readonly kind: 'back-off' | 'maintenance' | 'unheard' | 'other-group' | 'fencing';
  /** The resource for back-off, the group for other-group; -1 otherwise. */
  readonly subject: number;
  /** The node where it is so; for other-group the group's own node. */
  readonly node: number;
  /** Why the first member that is held should be started; null where that is not what is held. */
  readonly wanted: Reason | null;
}

/** All that is to be done about one group. */
export interface GroupDraft {
  readonly group: number;
  readonly probes: readonly Probe[];
  chains: readonly StopChain[];
  /** Claims that are given up although nothing runs by them. */
  readonly withdrawals: readonly Draft[];
  /** Whether the node where the group belongs owns it already. */
  readonly isOwned: boolean;
  claim: Draft | null;
  /** Reloads stand among them: members before one are up before it, and members after it start when it is done. */
  starts: readonly Draft[];
  /** What keeps members from being started; null when all of them will run. */
  hold: Hold | null;
  /** Probes that a claim or a move waits for. */
  readonly awaitedProbes: readonly Probe[];
}

/** One group whose actions are being thought out. */
export interface Drafting {
  readonly stages: Stages;
  readonly group: number;
  readonly standing: Standing;
  readonly members: Int32Array;
  readonly target: number;
  readonly leases: readonly PresentLease[];
  /** The target holds a valid lease; one that it was giving up is taken up again. */
  readonly isOwned: boolean;
}

/** A draft with room for preconditions. */
export function draft(
  present: Present,
  options: Omit<Draft, 'after' | 'id'> & { readonly after?: readonly (Before | null | undefined)[] },
): Draft {
  const { kind, node, group, resource, reason } = options;
  const after: Before[] = [];
  for (const other of options.after ?? []) if (other !== null && other !== undefined) after.push(other);
  return { id: idOf(present, options), kind, node, group, resource, after, reason };
}

/** Adds preconditions once each. */
export function mustFollow(action: Draft, others: readonly Before[]): void {
  for (const other of others) if (!action.after.includes(other)) action.after.push(other);
}

function idOf(present: Present, { kind, node, group, resource }: Omit<Draft, 'id' | 'after' | 'reason'>): string {
  const what = resource >= 0 ? resourceName(present, resource) : groupName(present, group);
  return `${kind}:${what}@${nodeName(present, node)}`;
}
