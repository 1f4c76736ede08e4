import { limits } from '../model/limits.js';
import type { ResourceObservation } from '../model/observation.js';
import { isOutdated, mayBeReloaded } from './definition-change.js';
import type { ResourceLife } from './resource-life.js';

/** What a drift adds to an entry of a record beside its words. */
const DRIFT_KEY_BYTES = ',"drift":""'.length;

/** What other nodes and the planner are told. */
export function observeLife(life: ResourceLife, node: string, nowMs: number): ResourceObservation {
  const newest = life.failures.at(-1);
  const reasonLength = limits.reasonLengthMax - (life.drift === null ? 0 : life.drift.length + DRIFT_KEY_BYTES);
  return {
    resource: life.resource.id,
    node,
    state: life.state,
    busy: life.operation !== null && life.operation.action !== 'monitor',
    failures: life.failures.length,
    banned: life.banned,
    blocked: life.blocked,
    ...(newest === undefined ? {} : { reason: `${newest.action} failed: ${newest.reason}`.slice(0, reasonLength) }),
    ...(life.backOffUntilMs > nowMs ? { backingOff: true } : {}),
    ...(life.halted ? { halted: true } : {}),
    ...(life.wantsFence ? { fence: true } : {}),
    ...(isOutdated(life) ? { outdated: true, ...(mayBeReloaded(life) ? { reloadable: true } : {}) } : {}),
    ...(life.drift === null ? {} : { drift: life.drift }),
    ...(life.startTookMs === null ? {} : { startTookMs: life.startTookMs }),
    ...(life.stopTookMs === null ? {} : { stopTookMs: life.stopTookMs }),
  };
}
