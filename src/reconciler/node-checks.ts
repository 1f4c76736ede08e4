import { beginCheckRound, finishCheckRound, isCheckDue } from '../lifecycle/check-watch.js';
import type { CheckWatch } from '../lifecycle/check-watch.js';
import type { AttributeProbe, AttributesOfNode } from '../model/attribute-probe.js';
import {
  attributesByNode,
  describeAttributes,
  isAsWished,
  isOfAttributes,
  noAttributes,
  restsOnAbsence,
} from '../model/attribute-probe.js';
import type { CheckResult } from '../model/check.js';
import type { NodeProbe } from '../model/cluster-spec.js';
import { isQuorate } from '../ownership/holder.js';
import { observeAttributes } from './attributes.js';
import type { Effects, Mind } from './mind.js';
import { log } from './mind.js';

/** Makes the rounds of this node's own checks that are due: what this machine must be asked is begun, what is known of its attributes is looked up. */
export function checkNodeIfDue(mind: Mind, nowMs: number, effects: Effects): void {
  let own: AttributesOfNode | null = null;
  for (const watch of mind.checks.values()) {
    if (!isCheckDue(watch, nowMs)) continue;
    mind.operationCount += 1;
    const round = mind.operationCount;
    beginCheckRound(watch, round, nowMs);
    const { probe } = watch.check;
    if (isOfAttributes(probe)) {
      own ??= attributesByNode(observeAttributes(mind)).get(mind.node) ?? noAttributes;
      finish(watch, lookUp(mind, { probe, own, nowMs }), effects);
    } else effects.push({ kind: 'check', resource: null, check: { ...watch.check, probe }, round });
  }
}

/** A round that this machine was asked for ended. */
export function takeNodeCheck(mind: Mind, round: number, result: CheckResult, effects: Effects): void {
  const watch = [...mind.checks.values()].find((each) => each.round === round);
  if (watch === undefined) return;
  const wasBlind = watch.isBlind;
  finish(watch, result, effects);
  if (result.kind === 'unknown' && !wasBlind)
    log(effects, 'warn', `check ${watch.check.id} found nothing out: ${result.why}`);
}

/** Who hears of nobody cannot know that nobody wrote an attribute of it: such a round finds nothing out. */
function lookUp(
  mind: Mind,
  { probe, own, nowMs }: { readonly probe: AttributeProbe; readonly own: AttributesOfNode; readonly nowMs: number },
): CheckResult {
  const why = describeAttributes(probe, own);
  if (restsOnAbsence(probe, own) && !isQuorate(mind.holder, nowMs)) return { kind: 'unknown', why };
  return isAsWished(probe, own) ? { kind: 'passed' } : { kind: 'failed', why };
}

function finish(watch: CheckWatch<NodeProbe>, result: CheckResult, effects: Effects): void {
  if (!finishCheckRound(watch, result)) return;
  const { id } = watch.check;
  if (watch.isPassing === true) log(effects, 'info', `check ${id} passes`);
  else log(effects, 'warn', `check ${id} fails: ${watch.why}`);
}
