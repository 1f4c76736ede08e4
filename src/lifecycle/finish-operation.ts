/** What came of an operation on a resource: the state that it leads to, and what to tell people. */
import { unreachable } from '../base/invariant.js';
import { limits } from '../model/limits.js';
import type { Operation, Outcome } from '../model/operation.js';
import { isSameDefinition } from '../model/same-definition.js';
import { beginChecks, isBrokenByCheck } from './check-watch.js';
import { rememberedMs } from './remembered-time.js';
import type { Lesson, ResourceLife } from './resource-life.js';
import { fail } from './resource-life.js';

/** Wait before a start is tried again after the first failure; it doubles with each failure, up to {@link BACK_OFF_MAX_MS}. Ours: short enough for a race with a port still in use. */
const BACK_OFF_MS = 500;
const BACK_OFF_MAX_MS = 30_000;
/** Wait before a probe is repeated that could not find out. Ours. */
const PROBE_AGAIN_MS = 2000;

/** What came of the operation under way. Returns what to tell people, null for the expected. */
export function finishOperation(
  life: ResourceLife,
  operation: Operation,
  outcome: Outcome,
  nowMs: number,
): Lesson | null {
  const tookMs = nowMs - life.operationAtMs;
  life.operation = null;
  noteDrift(life, operation, outcome);
  return once(life, lessonOf(life, { operation, outcome, tookMs, nowMs }));
}

/** What is found again and again, such as a blocked resource that is still broken, is told once, and again when its words change or it was well in between. */
function once(life: ResourceLife, lesson: Lesson | null): Lesson | null {
  const isSaid = lesson !== null && lesson.sentence === life.said;
  life.said = lesson?.sentence ?? null;
  return isSaid ? { ...lesson, level: 'debug' } : lesson;
}

function lessonOf(
  life: ResourceLife,
  ended: {
    readonly operation: Operation;
    readonly outcome: Outcome;
    readonly tookMs: number;
    readonly nowMs: number;
  },
): Lesson | null {
  const { operation, outcome, tookMs, nowMs } = ended;
  switch (operation.action) {
    case 'probe':
      return finishProbe(life, operation, outcome, nowMs);
    case 'monitor':
      return finishMonitor(life, operation, outcome, nowMs);
    case 'start':
      if (outcome.kind === 'done') life.startTookMs = rememberedMs(life.startTookMs, tookMs);
      return finishStart(life, operation, outcome, nowMs);
    case 'reload':
      return finishReload(life, operation, outcome);
    case 'stop':
      if (outcome.kind === 'done') life.stopTookMs = rememberedMs(life.stopTookMs, tookMs);
      return finishStop(life, operation, outcome, nowMs);
    case 'kill':
      return finishStop(life, operation, outcome, nowMs);
    default:
      return unreachable(operation.action);
  }
}

/** That something is gone which should be there is answered at once, as a failure; all other drift lasts until it is looked at again. */
function noteDrift(life: ResourceLife, operation: Operation, outcome: Outcome): void {
  if (operation.action === 'reload') return;
  if (outcome.kind !== 'running' && outcome.kind !== 'stopped' && outcome.kind !== 'done') return;
  const isGone = operation.action === 'monitor' && outcome.kind === 'stopped';
  life.drift = isGone ? null : (outcome.drift?.slice(0, limits.driftLengthMax) ?? null);
}

function finishProbe(life: ResourceLife, operation: Operation, outcome: Outcome, nowMs: number): Lesson | null {
  switch (outcome.kind) {
    case 'running':
      foundRunning(life, operation, nowMs);
      return null;
    case 'stopped':
      foundStopped(life, nowMs);
      if (!isSameDefinition(operation.resource, life.resource)) {
        // It is not there as it was; whether it is there as the spec has it by now is still to be found out (S7).
        life.state = 'unknown';
      }
      return null;
    case 'failed':
      life.state = 'failed';
      life.running = life.running ?? operation.resource;
      return { level: 'warn', sentence: `${life.resource.id} was found broken: ${outcome.reason}` };
    case 'done':
    case 'timeout':
    case 'unknown':
      life.state = 'unknown';
      life.probeAtMs = nowMs + PROBE_AGAIN_MS;
      return {
        level: 'warn',
        sentence: `whether ${life.resource.id} runs could not be found out: ${reasonOf(outcome)}`,
      };
    default:
      return unreachable(outcome);
  }
}

function finishMonitor(life: ResourceLife, operation: Operation, outcome: Outcome, nowMs: number): Lesson | null {
  if (life.state !== 'running' && life.state !== 'failed') return null;
  switch (outcome.kind) {
    case 'running':
      foundRunning(life, operation, nowMs);
      return null;
    case 'stopped':
      foundStopped(life, nowMs);
      if (life.running !== null) return null;
      if (isBlockedByStop(life)) {
        // The proof that the failed stop owed: as good as a stop that succeeded.
        life.blocked = false;
        life.wantsFence = false;
        return { level: 'info', sentence: `${life.resource.id} is down after all, so it is blocked here no longer` };
      }
      return fail(life, {
        action: 'monitor',
        reason: ['it was found stopped', ...(outcome.drift === undefined ? [] : [outcome.drift])].join(', '),
        rule: life.resource.onFail.monitor,
        nowMs,
      });
    case 'failed':
    case 'timeout':
      if (life.resource.onFail.monitor === 'ignore')
        return { level: 'warn', sentence: `${life.resource.id}: ${outcome.reason} (ignored)` };
      life.state = 'failed';
      life.isBrokenByCheck = false;
      return fail(life, { action: 'monitor', reason: outcome.reason, rule: life.resource.onFail.monitor, nowMs });
    case 'done':
    case 'unknown':
      scheduleMonitors(life, nowMs);
      return { level: 'warn', sentence: `monitor of ${operation.resource.id} found nothing out: ${reasonOf(outcome)}` };
    default:
      return unreachable(outcome);
  }
}

function finishStart(life: ResourceLife, operation: Operation, outcome: Outcome, nowMs: number): Lesson | null {
  if (outcome.kind === 'done' || outcome.kind === 'running') {
    foundRunning(life, operation, nowMs);
    return { level: 'info', sentence: `${life.resource.id} started` };
  }
  // A start that failed may have left something behind, so it is stopped before it is tried again.
  life.state = 'failed';
  if (!isSameDefinition(operation.resource, life.resource)) {
    const sentence = `${life.resource.id}: start failed: ${reasonOf(outcome)}; by now the spec has other parameters`;
    return { level: 'warn', sentence };
  }
  const delayMs = Math.min(BACK_OFF_MS * 2 ** Math.min(life.failures.length, 10), BACK_OFF_MAX_MS);
  life.backOffUntilMs = nowMs + delayMs;
  const isHopelessHere = outcome.kind === 'failed' && outcome.class !== 'soft';
  const rule = isHopelessHere ? 'move' : life.resource.onFail.start;
  return fail(life, { action: 'start', reason: reasonOf(outcome), rule, nowMs });
}

/** One that fails is no failure of the service: it is restarted with what the spec has, as it would be without a reload. */
function finishReload(life: ResourceLife, operation: Operation, outcome: Outcome): Lesson {
  const { id } = life.resource;
  if (outcome.kind !== 'done') {
    return { level: 'warn', sentence: `${id}: reload failed: ${reasonOf(outcome)}; it is restarted instead` };
  }
  // What the reload gave, with what the spec has said of its timeouts since.
  life.running = life.halfReloaded ?? operation.resource;
  life.halfReloaded = null;
  // Whether it runs well by its new parameters is for a monitor to say.
  life.nudges.isPending = true;
  return { level: 'info', sentence: `${id} reloaded` };
}

function finishStop(life: ResourceLife, operation: Operation, outcome: Outcome, nowMs: number): Lesson | null {
  if (outcome.kind === 'done' || outcome.kind === 'stopped') {
    foundStopped(life, nowMs);
    life.blocked = false;
    life.wantsFence = false;
    return { level: 'info', sentence: `${life.resource.id} stopped` };
  }
  life.state = 'failed';
  // Without proof that it is down nobody may take it: every rule for a failed stop keeps it blocked here, and one asks others to fence this node.
  const rule = life.resource.onFail.stop === 'fence' ? 'fence' : 'block';
  return fail(life, { action: operation.action, reason: reasonOf(outcome), rule, nowMs });
}

function isBlockedByStop(life: ResourceLife): boolean {
  return life.blocked && life.failures.some(({ action }) => action === 'stop' || action === 'kill');
}

function foundRunning(life: ResourceLife, operation: Operation, nowMs: number): void {
  if (operation.action !== 'monitor') life.checks = beginChecks(life.resource, operation.action === 'start', nowMs);
  // A monitor that finds nothing wrong does not outvote a check that does.
  life.isBrokenByCheck = isBrokenByCheck(life.checks, life.resource);
  life.state = life.isBrokenByCheck ? 'failed' : 'running';
  life.running = life.running ?? operation.resource;
  scheduleMonitors(life, nowMs);
}

/** It is not there as it was started; where a reload may have changed that, it is still to be looked for as that would have it (S7). */
function foundStopped(life: ResourceLife, nowMs: number): void {
  life.running = life.halfReloaded;
  life.halfReloaded = null;
  life.state = life.running === null ? 'stopped' : 'unknown';
  life.probeAtMs = nowMs;
  life.monitorAtMs = [];
  life.checks = [];
}

function scheduleMonitors(life: ResourceLife, nowMs: number): void {
  life.monitorAtMs = life.resource.monitors.map((monitor, index) => {
    const dueMs = life.monitorAtMs[index];
    return dueMs !== undefined && dueMs > nowMs ? dueMs : nowMs + monitor.everyMs;
  });
}

function reasonOf(outcome: Outcome): string {
  return 'reason' in outcome ? outcome.reason : `the agent answered "${outcome.kind}"`;
}
