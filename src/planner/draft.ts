/**
 * Actions while they are being thought out: by number, with their preconditions as references, so that later stages can add to them or drop them.
 */
import type { Action } from '../model/plan.js';
import type { Reason } from '../model/source.js';
import { groupName, nodeName, resourceName } from './present.js';
import type { Present } from './present.js';

/** One action to be. `resource` is -1 for claim and release. */
export interface Draft {
  readonly kind: Action['kind'];
  readonly node: number;
  readonly group: number;
  readonly resource: number;
  readonly after: Draft[];
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
  readonly kind: 'back-off' | 'maintenance' | 'unheard' | 'other-group';
  /** The resource for back-off, the group for other-group; -1 otherwise. */
  readonly subject: number;
  /** The node where it is so; for other-group the group's own node. */
  readonly node: number;
}

/** All that is to be done about one group. */
export interface GroupDraft {
  readonly group: number;
  readonly probes: readonly Draft[];
  chains: readonly StopChain[];
  /** Claims that are given up although nothing runs by them. */
  readonly withdrawals: readonly Draft[];
  /** Whether the node where the group belongs owns it already. */
  readonly isOwned: boolean;
  claim: Draft | null;
  starts: readonly Draft[];
  /** What keeps members from being started; null when all of them will run. */
  hold: Hold | null;
  /** Probes that a claim or a move waits for. */
  readonly awaitedProbes: readonly Draft[];
}

/** A draft with room for preconditions. */
export function draft(
  options: Omit<Draft, 'after'> & { readonly after?: readonly (Draft | null | undefined)[] },
): Draft {
  const { kind, node, group, resource, reason } = options;
  const after: Draft[] = [];
  for (const other of options.after ?? []) if (other !== null && other !== undefined) after.push(other);
  return { kind, node, group, resource, after, reason };
}

/** Adds preconditions once each. */
export function mustFollow(action: Draft, others: readonly Draft[]): void {
  for (const other of others) if (!action.after.includes(other)) action.after.push(other);
}

/** The id of a draft's action. */
export function draftId(present: Present, { kind, node, group, resource }: Draft): string {
  const what = resource >= 0 ? resourceName(present, resource) : groupName(present, group);
  return `${kind}:${what}@${nodeName(present, node)}`;
}
