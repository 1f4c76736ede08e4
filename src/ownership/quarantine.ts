import { takeoverMs } from '../model/lease.js';
import type { VoterMemory } from './memory.js';

/** Whether a voter's memory can be trusted, and from when its silence counts otherwise. */
export type VoterPast =
  /** The table of this boot is there; it was begun in a quarantine that lasts until then, if it has an end. */
  | { readonly kind: 'remembered'; readonly silentUntilMs: number | null }
  /** It last voted in an earlier boot: whatever it promised was promised before this boot began, at 0 of the clock. */
  | { readonly kind: 'earlier-boot' }
  /** Its table is lost within this boot, or nothing is known. */
  | { readonly kind: 'lost' };

/** What a voter that begins can know of its past. Shape: `memory` is null when there is none; `votedIn` is the boot in which it last voted, null when nothing tells. */
export function voterPast(options: {
  readonly memory: Pick<VoterMemory, 'silentUntilMs'> | null;
  readonly votedIn: string | null;
  readonly boot: string;
}): VoterPast {
  const { memory } = options;
  if (memory !== null) return { kind: 'remembered', silentUntilMs: memory.silentUntilMs };
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
  if (options.past.kind === 'remembered') return options.past.silentUntilMs ?? Number.NEGATIVE_INFINITY;
  return (options.past.kind === 'earlier-boot' ? 0 : options.startedAtMs) + waitMs;
}
