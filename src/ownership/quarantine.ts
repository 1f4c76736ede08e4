import { takeoverMs } from '../model/lease.js';

/** Whether a voter's memory can be trusted, and from when its silence counts otherwise. */
export type VoterPast =
  /** The table of this boot is there. */
  | { readonly kind: 'remembered' }
  /** It last voted in an earlier boot: whatever it promised was promised before this boot began, at 0 of the clock. */
  | { readonly kind: 'earlier-boot' }
  /** Its table is lost within this boot, or nothing is known. */
  | { readonly kind: 'lost' };

/** What a voter that begins can know of its past. Shape: `votedIn` is the boot in which it last voted, null when nothing tells. */
export function voterPast(options: {
  readonly hasMemory: boolean;
  readonly votedIn: string | null;
  readonly boot: string;
}): VoterPast {
  if (options.hasMemory) return { kind: 'remembered' };
  return options.votedIn !== null && options.votedIn !== options.boot ? { kind: 'earlier-boot' } : { kind: 'lost' };
}

/**
 * Until when a voter must be silent (R7): neither grant nor renew.
 *
 * Shape: milliseconds of the node's clock, whose zero is the kernel's boot; `leaseMsMax` and `stopBudgetMsMax` are the largest in force during the last hour.
 */
export function quarantineUntilMs(options: {
  readonly past: VoterPast;
  readonly startedAtMs: number;
  readonly leaseMsMax: number;
  readonly stopBudgetMsMax: number;
  readonly drift: number;
}): number {
  const { leaseMsMax: leaseMs, stopBudgetMsMax: stopBudgetMs, drift } = options;
  const waitMs = takeoverMs({ leaseMs, stopBudgetMs, drift });
  if (options.past.kind === 'remembered') return Number.NEGATIVE_INFINITY;
  return (options.past.kind === 'earlier-boot' ? 0 : options.startedAtMs) + waitMs;
}
