import type { CheckResult } from '../model/check.js';
import type { CheckWatch } from './check-watch.js';
import { finishCheckRound, isBrokenByCheck, isCheckDue } from './check-watch.js';
import type { Lesson, ResourceLife } from './resource-life.js';
import { fail } from './resource-life.js';

/** The checks whose next round is due: only what runs, and is not about to be something else, is checked. */
export function dueChecks(life: ResourceLife, nowMs: number): CheckWatch[] {
  return isChecked(life) ? life.checks.filter((watch) => isCheckDue(watch, nowMs)) : [];
}

/**
 * A round of a check ended: what failed often enough counts like a monitor that failed. Returns what to tell people, null for the expected.
 *
 * Shape: `round` is the number with which it began; one that began before the resource was last stopped or started says nothing, and neither does one that ends in the midst of a reload.
 */
export function finishCheck(
  life: ResourceLife,
  { round, result, nowMs }: { readonly round: number; readonly result: CheckResult; readonly nowMs: number },
): Lesson | null {
  const watch = life.checks.find((each) => each.round === round);
  if (watch === undefined) return null;
  if (!isChecked(life)) {
    watch.round = null;
    return null;
  }
  const wasBlind = watch.isBlind;
  const hasChanged = finishCheckRound(watch, result);
  const name = `check ${watch.check.id} of ${life.resource.id}`;
  if (result.kind === 'unknown')
    return wasBlind ? null : { level: 'warn', sentence: `${name} found nothing out: ${result.why}` };
  if (!hasChanged) return null;
  if (watch.isPassing === true) {
    if (life.isBrokenByCheck && !isBrokenByCheck(life.checks, life.resource)) {
      life.state = 'running';
      life.isBrokenByCheck = false;
    }
    return { level: 'info', sentence: `${name} passes` };
  }
  const { fall } = watch.check;
  const reason = `check ${watch.check.id} failed${fall === 1 ? '' : ` ${fall} times`}: ${watch.why}`;
  const { monitor: rule } = life.resource.onFail;
  if (rule === 'ignore') return { level: 'warn', sentence: `${life.resource.id}: ${reason} (ignored)` };
  if (life.state === 'running') life.isBrokenByCheck = true;
  life.state = 'failed';
  return fail(life, { action: 'monitor', reason, rule, nowMs });
}

function isChecked({ state, operation }: ResourceLife): boolean {
  return (state === 'running' || state === 'failed') && (operation === null || operation.action === 'monitor');
}
