import { isPlainEqual } from '../base/plain-equal.js';
import { limits } from '../model/limits.js';
import { plan } from '../planner/plan.js';
import type { StepTime } from './input-effect.js';
import { isLookDue } from './look.js';
import type { Effects, Mind } from './mind.js';
import { watchPeers } from './observe.js';
import { observeCluster } from './observe-cluster.js';

/**
 * Plans again when what is observed or wanted changed, many changes coalesced into one plan.
 *
 * A small plan is made here; a large one is asked for, and until it comes the old one stands: what it proposes is still checked against what is true when it is carried out.
 */
export function replanIfNeeded(mind: Mind, time: StepTime, effects: Effects): void {
  if (!isLookDue(mind, time.nowMs) || time.nowMs < mind.planAgainAtMs) return;
  const peers = watchPeers(mind, time.nowMs);
  const fencing = viewOfFencing(mind);
  const { changes } = mind.records;
  const { specCount, planView: before } = mind;
  const isSame =
    before?.changes === changes &&
    before.specCount === specCount &&
    before.peers === peers &&
    before.fencing === fencing;
  if (isSame || mind.planAsked !== null) return;
  mind.planView = { changes, specCount, peers, fencing };
  const observed = observeCluster(mind, time.nowMs);
  // Much of what nodes tell each other is of no concern to a plan: the one at hand still stands.
  if (mind.planFor?.specCount === mind.specCount && isPlainEqual(observed, mind.planFor.observed)) return;
  mind.planFor = { specCount: mind.specCount, observed };
  if (mind.index.planned.groups.length * mind.spec.nodes.length <= limits.inlinePlanCellsMax) {
    mind.plan = plan({ spec: mind.index.planned, observed });
    mind.done.clear();
    return;
  }
  mind.viewCount += 1;
  mind.planAsked = mind.viewCount;
  effects.push({ kind: 'plan', spec: mind.index.planned, observed, view: mind.viewCount });
}

/** A text that changes with what is told of fences here: what others tell of theirs changes their records. */
function viewOfFencing({ fencing }: Mind): string {
  if (fencing.targets.size === 0) return '';
  return [...fencing.targets.values()]
    .map(({ node, request, level, device, rounds }) => `${node} ${request?.id ?? ''} ${level} ${device} ${rounds}`)
    .join();
}
