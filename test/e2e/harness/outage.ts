/** What a client's requests say about the service: when it was out, and who answered. Pure. */

/** One request of a client. Shape: times in wall milliseconds of this machine. */
export interface ProbeRecord {
  readonly startMs: number;
  readonly endMs: number;
  /** `answered`, `skipped` (too many were waiting), or what went wrong: `timeout`, `ECONNREFUSED`, `status-502`... */
  readonly outcome: string;
  /** The page, which names the host; empty unless answered. */
  readonly body: string;
}

/** One line of the client of a probe. Errors: throws on a line that it never writes. */
export function decodeProbeLine(line: string): ProbeRecord {
  const record: unknown = JSON.parse(line);
  if (Array.isArray(record)) {
    const [startMs, endMs, outcome, body]: unknown[] = record;
    if (
      typeof startMs === 'number' &&
      typeof endMs === 'number' &&
      typeof outcome === 'string' &&
      typeof body === 'string'
    ) {
      return { startMs, endMs, outcome, body };
    }
  }
  throw new Error(`the client wrote "${line}"`);
}

/** A time without service, as a client sees it. */
export interface Outage {
  /** Start of the first request that failed. */
  readonly fromMs: number;
  /** End of the first answered request that started later; null when none came before the report's end. */
  readonly untilMs: number | null;
  /** Up to the report's end while there is no answer. */
  readonly durationMs: number;
  readonly failures: number;
  /** The outcomes of its requests, sorted, each once. */
  readonly outcomes: readonly string[];
}

/** A time in which one host gave all the answers. */
export interface Answers {
  readonly by: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly count: number;
}

/** All of it, between two moments. */
export interface ProbeReport {
  readonly requests: number;
  readonly failures: number;
  /** In order of time. */
  readonly outages: readonly Outage[];
  /** 0 when every request was answered. */
  readonly longestOutageMs: number;
  /** Runs of answers, in order of time: a takeover reads as two rows. */
  readonly answers: readonly Answers[];
  /** The longest time between two starts of requests: what is shorter than this could have been missed. */
  readonly longestGapMs: number;
}

/**
 * Sums up the requests that started between two moments.
 *
 * Shape: records in any order; those of one start keep theirs.
 */
export function summarize(
  records: readonly ProbeRecord[],
  between: { readonly fromMs: number; readonly untilMs: number },
): ProbeReport {
  const inOrder = records
    .filter(({ startMs }) => startMs >= between.fromMs && startMs <= between.untilMs)
    .sort((left, right) => left.startMs - right.startMs);
  const outages = outagesOf(inOrder, between.untilMs);
  return {
    requests: inOrder.length,
    failures: inOrder.filter(({ outcome }) => outcome !== 'answered').length,
    outages,
    longestOutageMs: Math.max(0, ...outages.map(({ durationMs }) => durationMs)),
    answers: answersOf(inOrder),
    longestGapMs: longestGap(inOrder, between),
  };
}

/** Runs of failed requests, each with the answer that ended it. */
function outagesOf(inOrder: readonly ProbeRecord[], endMs: number): Outage[] {
  const outages: Outage[] = [];
  let failed: ProbeRecord[] = [];
  const close = (untilMs: number | null): void => {
    const first = failed[0];
    if (first !== undefined) {
      outages.push({
        fromMs: first.startMs,
        untilMs,
        durationMs: (untilMs ?? endMs) - first.startMs,
        failures: failed.length,
        outcomes: [...new Set(failed.map(({ outcome }) => outcome))].sort(),
      });
    }
    failed = [];
  };
  for (const record of inOrder) {
    if (record.outcome === 'answered') {
      close(record.endMs);
    } else {
      failed.push(record);
    }
  }
  close(null);
  return outages;
}

/** Runs of answers with the same page. */
function answersOf(inOrder: readonly ProbeRecord[]): Answers[] {
  const runs: Answers[] = [];
  for (const { outcome, body, startMs, endMs } of inOrder) {
    if (outcome === 'answered') {
      const last = runs.at(-1);
      if (last?.by === body) {
        runs[runs.length - 1] = { ...last, untilMs: endMs, count: last.count + 1 };
      } else {
        runs.push({ by: body, fromMs: startMs, untilMs: endMs, count: 1 });
      }
    }
  }
  return runs;
}

/** The longest time in which no request started. */
function longestGap(
  inOrder: readonly ProbeRecord[],
  between: { readonly fromMs: number; readonly untilMs: number },
): number {
  const moments = [between.fromMs, ...inOrder.map(({ startMs }) => startMs), between.untilMs];
  return Math.max(...moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment)));
}
