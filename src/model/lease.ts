import { formatDuration } from '../base/duration.js';
import type { GroupSpec } from './cluster-spec.js';

/**
 * What a lease is about: a group, one of its instances, in one role.
 *
 * Today every group has the one instance 0 in the role `started`, and its key is the group's id; replicas and promoted roles will bring others.
 */
export type LeaseKey = string;

/** The key of a group's only instance. */
export function leaseKey(group: string): LeaseKey {
  return group;
}

/** What the right to fence a node is about: a lease of its own, without resources (R14). No group can bear such a name. */
export function fenceKey(node: string): LeaseKey {
  return `fence:${node}`;
}

/** Whether a key is about the right to fence a node. */
export function isFenceKey(key: LeaseKey): boolean {
  return key.startsWith('fence:');
}

/** The group that a key is about. */
export function groupOfKey(key: LeaseKey): string {
  return key;
}

/**
 * Where a lease stands at its holder.
 *
 * claim: asked for, nothing may start. own: valid. stop: valid and being given up, still renewed. lapsed: no longer valid, all must be dead by its deadline.
 */
export type LeaseState = 'claim' | 'own' | 'stop' | 'lapsed';

/**
 * P(x): how long a voter must wait by its clock so that `ms` have surely passed on the holder's clock, both rates within the bound.
 *
 * Shape: `drift` is a fraction, 0 <= drift < 1; result in milliseconds, rounded up.
 * Source: ownership rules R3: x(1+ρ)/(1−ρ), since the voter's clock may be fast while the holder's is slow.
 */
export function promiseMs(ms: number, drift: number): number {
  return Math.ceil((ms * (1 + drift)) / (1 - drift));
}

/**
 * How long after the end of a lease its holder may take until all is down.
 *
 * Shape: `stopBudgetMs` is G of the group; `promisedBudgetMs` is what voters are told of it, and wait for: none where a provider sees to one owner, so that a late stop does no harm. Milliseconds.
 */
export interface StopBudgets {
  readonly stopBudgetMs: number;
  readonly promisedBudgetMs: number;
}

/** The stop budget that a voter's promise covers: none where a provider sees to one owner, so that a late stop does no harm. Shape: milliseconds. */
export function promisedBudgetMs(group: Pick<GroupSpec, 'exclusive' | 'stopBudgetMs'>): number {
  return group.exclusive === 'provider' ? 0 : group.stopBudgetMs;
}

/**
 * How long a voter's promise lasts: until the lease and the stop budget after it have surely passed at its holder. After a crash nobody takes over before, so it is the take-over time without the agents' start.
 *
 * Shape: milliseconds.
 */
export function takeoverMs(options: {
  readonly leaseMs: number;
  readonly stopBudgetMs: number;
  readonly drift: number;
}): number {
  return promiseMs(options.leaseMs, options.drift) + promiseMs(options.stopBudgetMs, options.drift);
}

/** The take-over time as an operator reads it: the sum with its parts. */
export function describeTakeover(options: {
  readonly leaseMs: number;
  readonly stopBudgetMs: number;
  readonly drift: number;
}): string {
  const lease = promiseMs(options.leaseMs, options.drift);
  const budget = promiseMs(options.stopBudgetMs, options.drift);
  return `${formatDuration(lease + budget)} (lease ${formatDuration(lease)} + stop budget ${formatDuration(budget)})`;
}
