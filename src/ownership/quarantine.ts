import { takeoverMs } from '../model/lease.js';
import type { VoterMemory } from './memory.js';

/** Whether a voter's memory can be trusted, and from when its silence counts otherwise. */
export type VoterPast =
  /** The table of this boot is there; it was begun in a quarantine that lasts until then, if it has an end. */
  | { readonly kind: 'remembered'; readonly silentUntilMs: number | null }
  /** It last voted in an earlier boot: whatever it promised was promised before this boot began; null where nothing tells when that was. */
  | { readonly kind: 'earlier-boot'; readonly bootBeganAtMs: number | null }
  /** Its table is lost within this boot, or nothing is known. */
  | { readonly kind: 'lost' };

/** What a voter that begins can know of its past. Shape: `memory` is null when there is none; `votedIn` is the boot in which it last voted, null when nothing tells; `bootBeganAtMs` is when this boot began at the latest, by the node's clock, null when nothing tells. */
export function voterPast(options: {
  readonly memory: Pick<VoterMemory, 'silentUntilMs'> | null;
  readonly votedIn: string | null;
  readonly boot: string;
  readonly bootBeganAtMs: number | null;
}): VoterPast {
  const { memory, votedIn, boot, bootBeganAtMs } = options;
  if (memory !== null) return { kind: 'remembered', silentUntilMs: memory.silentUntilMs };
  return votedIn !== null && votedIn !== boot ? { kind: 'earlier-boot', bootBeganAtMs } : { kind: 'lost' };
}

/**
 * Until when a voter must be silent (R7): neither grant nor renew.
 *
 * Shape: milliseconds of the node's clock; `leaseMsMax` and `stopBudgetMsMax` are the largest in force during the last hour.
 */
export function quarantineUntilMs(options: {
  readonly past: VoterPast;
  readonly startedAtMs: number;
  readonly leaseMsMax: number;
  readonly stopBudgetMsMax: number;
  readonly drift: number;
}): number {
  const { past, startedAtMs, leaseMsMax: leaseMs, stopBudgetMsMax: stopBudgetMs, drift } = options;
  const waitMs = takeoverMs({ leaseMs, stopBudgetMs, drift });
  if (past.kind === 'remembered') return past.silentUntilMs ?? Number.NEGATIVE_INFINITY;
  const promisedBeforeMs = past.kind === 'earlier-boot' ? (past.bootBeganAtMs ?? startedAtMs) : startedAtMs;
  return promisedBeforeMs + waitMs;
}
