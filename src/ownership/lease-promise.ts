import type { LeaseKey } from '../model/lease.js';

/** What a voter promised: until then nobody else gets what this lease excludes. */
export interface LeasePromise {
  readonly key: LeaseKey;
  readonly node: string;
  readonly incarnation: string;
  epoch: number;
  readonly claimVersion: number;
  resources: readonly string[];
  /** The stop budget in the heartbeat that it lasts for (R3). */
  stopBudgetMs: number;
  /** Whether its holder ever said that it owns it: who waits is told of the end of a lease, not of a claim that was dropped. */
  isOwned: boolean;
  /** The lease length in the heartbeat that it lasts for (R10). */
  leaseMs: number;
  untilMs: number;
  /** Whether it stands whatever the time, until its holder releases it or is certified to be dead (R14). */
  needsFencing: boolean;
}

/** Whether a promise keeps others out. */
export function stands(promise: Pick<LeasePromise, 'untilMs' | 'needsFencing'>, nowMs: number): boolean {
  return promise.needsFencing || promise.untilMs > nowMs;
}
