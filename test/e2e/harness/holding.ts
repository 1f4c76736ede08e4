/** Who had an address when: from the kernel's words to intervals. Pure. */

/** An address came to a host's interface, or left it, or the host died with all it had. Shape: wall milliseconds. */
export type AddressEvent =
  | { readonly kind: 'added'; readonly host: string; readonly atMs: number; readonly address: string }
  | { readonly kind: 'removed'; readonly host: string; readonly atMs: number; readonly address: string }
  | { readonly kind: 'died'; readonly host: string; readonly atMs: number };

/** A time in which a host had an address. */
export interface Holding {
  readonly host: string;
  readonly fromMs: number;
  /** null while it still has it. */
  readonly untilMs: number | null;
  /** What ended it. */
  readonly ended: 'removed' | 'died' | null;
}

/** Two hosts had the address at once. */
export interface Overlap {
  readonly first: Holding;
  readonly second: Holding;
  /** null while both still have it. */
  readonly durationMs: number | null;
}

/**
 * One line of `ip -oneline -tshort monitor address`; null for lines that say something else.
 *
 * Shape: `[2025-01-31T12:00:00.123456] Deleted 2: eth0    inet 10.0.0.5/24 ...`, in UTC.
 * Source: ip-monitor(8), tried with iproute2 6.1.
 */
export function decodeMonitorLine(host: string, line: string): AddressEvent | null {
  const match = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})\] (Deleted )?\d+: \S+\s+inet6? ([0-9a-f.:]+)/.exec(line);
  const [, second, microseconds, deleted, address] = match ?? [];
  if (second === undefined || microseconds === undefined || address === undefined) {
    return null;
  }
  const atMs = Date.parse(`${second}Z`) + Number(microseconds) / 1000;
  return { kind: deleted === undefined ? 'added' : 'removed', host, atMs, address };
}

/** The intervals in which hosts had an address, in order of their beginning. Shape: the events of one host in order of time. */
export function holdingsOf(events: readonly AddressEvent[], address: string): Holding[] {
  const holdings: Holding[] = [];
  const openedMs = new Map<string, number>();
  for (const event of events) {
    const { host, atMs } = event;
    const fromMs = openedMs.get(host);
    if (event.kind === 'died' || event.address === address) {
      if (event.kind === 'added') {
        // The kernel says it again when only a flag changes; the holding goes on.
        openedMs.set(host, fromMs ?? atMs);
      } else if (fromMs !== undefined) {
        holdings.push({ host, fromMs, untilMs: atMs, ended: event.kind });
        openedMs.delete(host);
      }
    }
  }
  for (const [host, fromMs] of openedMs) {
    holdings.push({ host, fromMs, untilMs: null, ended: null });
  }
  return holdings.sort((left, right) => left.fromMs - right.fromMs);
}

/** Every pair of holdings of different hosts that share a moment. Shape: holdings in order of their beginning. */
export function overlapsOf(holdings: readonly Holding[]): Overlap[] {
  const overlaps: Overlap[] = [];
  for (const [index, first] of holdings.entries()) {
    for (const second of holdings.slice(index + 1)) {
      if (first.host !== second.host && second.fromMs < (first.untilMs ?? Number.POSITIVE_INFINITY)) {
        const endMs = Math.min(first.untilMs ?? Number.POSITIVE_INFINITY, second.untilMs ?? Number.POSITIVE_INFINITY);
        overlaps.push({ first, second, durationMs: Number.isFinite(endMs) ? endMs - second.fromMs : null });
      }
    }
  }
  return overlaps;
}

/** The holdings in words, for a failed test: times from the first one on. */
export function describeHoldings(holdings: readonly Holding[]): string {
  const startMs = holdings[0]?.fromMs ?? 0;
  return holdings
    .map(({ host, fromMs, untilMs, ended }) => {
      const end = untilMs === null ? 'now' : `${(untilMs - startMs).toFixed(1)} ms (${ended})`;
      return `${host}: ${(fromMs - startMs).toFixed(1)} ms to ${end}`;
    })
    .join('\n');
}
