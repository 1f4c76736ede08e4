import type { CheckProbe, CheckResult, CheckSpec } from '../model/check.js';
import type { NodeProbe, ResourceSpec } from '../model/cluster-spec.js';

/** One check on this node: what its rounds found, and what counts. Plain data, updated in place. */
export interface CheckWatch<Probe extends NodeProbe = CheckProbe> {
  check: CheckSpec<Probe>;
  /** What counts; null until one or the other was seen often enough. */
  isPassing: boolean | null;
  /** What the newest round found, and how many in a row before it and with it found the same. */
  hasPassed: boolean;
  inARow: number;
  /** Why the newest round that failed did. */
  why: string;
  /** The newest round could not look. */
  isBlind: boolean;
  /** The number of the round under way, unlike that of any other round of this node; null while none is. */
  round: number | null;
  nextAtMs: number;
}

/** A check whose rounds begin now, or after an interval when it is known already. */
export function beginCheckWatch<Probe extends NodeProbe>(
  check: CheckSpec<Probe>,
  isPassing: boolean | null,
  nowMs: number,
): CheckWatch<Probe> {
  const nextAtMs = isPassing === null ? nowMs : nowMs + check.everyMs;
  return { check, isPassing, hasPassed: isPassing === true, inARow: 0, why: '', isBlind: false, round: null, nextAtMs };
}

/** The spec in force says something new of a check; what its rounds found counts on only if they look at the same. */
export function redefineCheck<Probe extends NodeProbe>(
  watch: CheckWatch<Probe>,
  check: CheckSpec<Probe>,
  nowMs: number,
): CheckWatch<Probe> {
  if (!isSameProbe(watch.check, check)) return beginCheckWatch(check, null, nowMs);
  watch.check = check;
  watch.nextAtMs = Math.min(watch.nextAtMs, nowMs + check.everyMs);
  return watch;
}

function isSameProbe(a: CheckSpec<NodeProbe>, b: CheckSpec<NodeProbe>): boolean {
  return JSON.stringify(a.probe) === JSON.stringify(b.probe);
}

/** Whether a round is due. */
export function isCheckDue(watch: CheckWatch<NodeProbe>, nowMs: number): boolean {
  return watch.round === null && watch.nextAtMs <= nowMs;
}

/** A round begins. */
export function beginCheckRound(watch: CheckWatch<NodeProbe>, round: number, nowMs: number): void {
  watch.round = round;
  watch.nextAtMs = nowMs + watch.check.everyMs;
}

/**
 * A round ended. Returns whether what counts changed.
 *
 * It passes after `rise` rounds in a row that passed and fails after `fall` that failed; one that could not look counts for neither and breaks no row.
 */
export function finishCheckRound(watch: CheckWatch<NodeProbe>, result: CheckResult): boolean {
  watch.round = null;
  watch.isBlind = result.kind === 'unknown';
  if (result.kind === 'unknown') return false;
  const hasPassed = result.kind === 'passed';
  watch.inARow = hasPassed === watch.hasPassed ? watch.inARow + 1 : 1;
  watch.hasPassed = hasPassed;
  if (result.kind === 'failed') watch.why = result.why;
  const needed = hasPassed ? watch.check.rise : watch.check.fall;
  if (watch.isPassing === hasPassed || watch.inARow < needed) return false;
  watch.isPassing = hasPassed;
  return true;
}

/** Whether rounds find otherwise than what counts, and not often enough yet. */
export function turningOf({ isPassing, hasPassed, inARow }: CheckWatch<NodeProbe>): 'less' | 'more' | null {
  if (isPassing === null || inARow === 0 || hasPassed === isPassing) return null;
  return hasPassed ? 'more' : 'less';
}

/** The checks of a resource that is found to run: proved by its start, or to be found out. */
export function beginChecks(resource: ResourceSpec, isProved: boolean, nowMs: number): CheckWatch[] {
  return resource.checks.map((check) => beginCheckWatch(check, isProved ? true : null, nowMs));
}

/** The spec in force says something new of a resource that runs. */
export function redefineChecks(watches: readonly CheckWatch[], resource: ResourceSpec, nowMs: number): CheckWatch[] {
  return resource.checks.map((check) => {
    const watch = watches.find((each) => each.check.id === check.id);
    return watch === undefined ? beginCheckWatch(check, null, nowMs) : redefineCheck(watch, check, nowMs);
  });
}

/** Whether a check that counts says that the resource is broken. */
export function isBrokenByCheck(watches: readonly CheckWatch[], resource: ResourceSpec): boolean {
  return resource.onFail.monitor !== 'ignore' && watches.some((watch) => watch.isPassing === false);
}
