/** What a run of chaos showed. */
import { describeHoldings } from '../e2e/harness/holding.js';
import { VIRTUAL_ADDRESS } from '../e2e/harness/lab.js';
import { decodeProbeLine, summarize } from '../e2e/harness/outage.js';
import type { ChaosCluster } from './chaos-cluster.js';

/** Exit code of a daemon that met a broken invariant. */
const BROKEN = 70;

/** The figures and everything that must not have been. */
export interface Verdict {
  readonly takeovers: number;
  readonly longestOutageMs: number;
  readonly written: number;
  /** How daemons ended, and how often. */
  readonly ends: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
}

/** Judges a run between two moments. Shape: wall milliseconds of the machine. */
export async function judge(
  cluster: ChaosCluster,
  between: { readonly fromMs: number; readonly untilMs: number },
): Promise<Verdict> {
  const holdings = await cluster.watch.holdings(VIRTUAL_ADDRESS);
  const overlaps = await cluster.watch.overlaps(VIRTUAL_ADDRESS);
  const violations = overlaps.map(
    ({ first, second, durationMs }) =>
      `${first.host} and ${second.host} had the address at once for ${durationMs?.toFixed(1) ?? 'ever'} ms`,
  );
  if (overlaps.length > 0) violations.push(`who had the address:\n${describeHoldings(holdings)}`);
  violations.push(...cluster.log.violations());
  const ends = new Map<string, number>();
  for (const { host, daemon } of cluster.daemons) {
    if (!daemon.hasExited) continue;
    const { code, signal } = await daemon.exited;
    const how = signal ?? `themselves with code ${code}: ${lastLine(daemon.output)}`;
    ends.set(how, (ends.get(how) ?? 0) + 1);
    if (code === BROKEN) violations.push(`the daemon of ${host} met a bug:\n${daemon.output.slice(-2000)}`);
  }
  const takeovers = takeoversOf(holdings);
  const { longestOutageMs } = summarize(cluster.clientLines().map(decodeProbeLine), between);
  return { takeovers, longestOutageMs, written: cluster.log.written.length, ends, violations };
}

/** How often somebody else had it than before. Shape: in order of time. */
export function takeoversOf(owners: readonly { readonly host: string }[]): number {
  return owners.filter(({ host }, index) => index > 0 && owners[index - 1]?.host !== host).length;
}

/** What a daemon said last, without the numbers and names that make each different. */
function lastLine(output: string): string {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  return line
    .replaceAll(/\blb\d\b/g, 'lbN')
    .replaceAll(/\d+/g, 'N')
    .slice(0, 300);
}
