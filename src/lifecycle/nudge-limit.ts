/** What events brought about for one resource. Shape: times of this node's clock. */
export interface NudgeLimit {
  /** The looks that they led to within the last {@link NUDGE_WINDOW_MS}. */
  readonly looksAtMs: number[];
  /** One came while an operation was under way, which may have looked before it. */
  isPending: boolean;
  /** They came too often: until then monitors alone look. */
  pollsUntilMs: number;
}

/** Looks that events may lead to within {@link NUDGE_WINDOW_MS}. Ours: a service that breaks is given up by its failure policy long before, so more than that are noise. */
export const NUDGES_MAX = 10;
export const NUDGE_WINDOW_MS = 10_000;

/** How long monitors alone look after events came too often. Ours: six looks of the usual monitor. */
export const POLLING_MS = 60_000;

/** Nothing has happened yet. */
export function beginNudgeLimit(): NudgeLimit {
  return { looksAtMs: [], isPending: false, pollsUntilMs: Number.NEGATIVE_INFINITY };
}

/** What is made of an event: a look, nothing, or monitors alone from now on. */
export function heedNudge(limit: NudgeLimit, nowMs: number): 'look' | 'ignore' | 'too-often' {
  if (isPolled(limit, nowMs)) return 'ignore';
  while ((limit.looksAtMs[0] ?? nowMs) <= nowMs - NUDGE_WINDOW_MS) limit.looksAtMs.shift();
  if (limit.looksAtMs.length < NUDGES_MAX) {
    limit.looksAtMs.push(nowMs);
    return 'look';
  }
  limit.looksAtMs.length = 0;
  limit.pollsUntilMs = nowMs + POLLING_MS;
  return 'too-often';
}

/** Whether events are not heeded now. */
export function isPolled(limit: NudgeLimit, nowMs: number): boolean {
  return nowMs < limit.pollsUntilMs;
}
