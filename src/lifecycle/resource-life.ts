import { unreachable } from '../base/invariant.js';
import { describeBanEnd } from '../model/ban-end.js';
import type { FailurePolicy, OnFail, ResourceSpec } from '../model/cluster-spec.js';
import { limits } from '../model/limits.js';
import type { ResourceState } from '../model/observation.js';
import type { Operation, OperationAction, Outcome } from '../model/operation.js';
import { isSameDefinition } from '../model/same-definition.js';
import type { NudgeLimit } from './nudge-limit.js';
import { beginNudgeLimit } from './nudge-limit.js';
import type { CheckWatch } from './check-watch.js';
import { beginChecks, isBrokenByCheck, redefineChecks } from './check-watch.js';
import { rememberedMs } from './remembered-time.js';

/** A failure that is not forgotten. Shape: `atMs` is of this node's clock. */
export interface Failure {
  readonly atMs: number;
  readonly action: OperationAction;
  readonly reason: string;
}

/** One resource on this node. Plain data, updated in place by the functions of this file. */
export interface ResourceLife {
  /** What the spec in force says. */
  resource: ResourceSpec;
  policy: FailurePolicy;
  /** What it was started or found with, and may run with still: a stop must undo that, whatever the spec says by now. Null when nothing is known to be there. */
  running: ResourceSpec | null;
  state: ResourceState;
  operation: Operation | null;
  /** When it began. */
  operationAtMs: number;
  /** How long the last start and the last stop took that succeeded; null before one did. */
  startTookMs: number | null;
  stopTookMs: number | null;
  failures: Failure[];
  banned: boolean;
  blocked: boolean;
  /** What failed asks for the fence of this node. */
  wantsFence: boolean;
  halted: boolean;
  /** What the newest look that found it out says was changed outside of the spec; null for nothing. */
  drift: string | null;
  backOffUntilMs: number;
  probeAtMs: number;
  /** Per monitor of the spec, when it is due. */
  monitorAtMs: number[];
  readonly nudges: NudgeLimit;
  /** How its checks stand, and whether it is broken by these alone; empty while it does not run. */
  checks: CheckWatch[];
  isBrokenByCheck: boolean;
}

/** What an outcome means beyond the state, for the log. */
export interface Lesson {
  readonly level: 'info' | 'warn' | 'error';
  readonly sentence: string;
}

/** Wait before a start is tried again after the first failure; it doubles with each failure, up to {@link BACK_OFF_MAX_MS}. Ours: short enough for a race with a port still in use. */
const BACK_OFF_MS = 500;
const BACK_OFF_MAX_MS = 30_000;
/** Wait before a probe is repeated that could not find out. Ours. */
const PROBE_AGAIN_MS = 2000;

/** A resource of which nothing is known yet, but perhaps what an earlier daemon ran it with. */
export function beginLife(
  resource: ResourceSpec,
  policy: FailurePolicy,
  running: ResourceSpec | null = null,
): ResourceLife {
  return {
    resource,
    policy,
    running,
    state: 'unknown',
    operation: null,
    operationAtMs: Number.NEGATIVE_INFINITY,
    startTookMs: null,
    stopTookMs: null,
    failures: [],
    banned: false,
    blocked: false,
    wantsFence: false,
    halted: false,
    drift: null,
    backOffUntilMs: Number.NEGATIVE_INFINITY,
    probeAtMs: Number.NEGATIVE_INFINITY,
    monitorAtMs: [],
    nudges: beginNudgeLimit(),
    checks: [],
    isBrokenByCheck: false,
  };
}

/** What runs here or may, whatever the spec says by now. */
export function definitionOf(life: ResourceLife): ResourceSpec {
  return life.running ?? life.resource;
}

/** The spec in force says something new of a resource. What runs stays as it was started; its monitors follow at once, and failures of another definition count no more. */
export function redefineLife(
  life: ResourceLife,
  spec: { readonly resource: ResourceSpec; readonly policy: FailurePolicy },
  nowMs: number,
): void {
  if (life.resource.type !== spec.resource.type) {
    life.startTookMs = null;
    life.stopTookMs = null;
  }
  if (!life.blocked && !isSameDefinition(life.resource, spec.resource)) forgetAll(life);
  life.resource = spec.resource;
  life.policy = spec.policy;
  if (life.state !== 'running' && life.state !== 'failed') return;
  life.checks = redefineChecks(life.checks, spec.resource, nowMs);
  life.monitorAtMs = spec.resource.monitors.map((monitor, index) =>
    Math.min(life.monitorAtMs[index] ?? Number.POSITIVE_INFINITY, nowMs + monitor.everyMs),
  );
}

/** An operation begins. */
export function beginOperation(life: ResourceLife, operation: Operation, nowMs: number): void {
  life.operation = operation;
  life.operationAtMs = nowMs;
  if (operation.action !== 'monitor') life.isBrokenByCheck = false;
  if (operation.action === 'start') {
    life.state = 'starting';
    life.checks = [];
    life.running = operation.resource;
    // What was said before was about what is no more.
    life.nudges.isPending = false;
  } else if (operation.action === 'stop' || operation.action === 'kill') {
    life.state = 'stopping';
    life.running = definitionOf(life);
  }
}

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
  switch (operation.action) {
    case 'probe':
      return finishProbe(life, operation, outcome, nowMs);
    case 'monitor':
      return finishMonitor(life, operation, outcome, nowMs);
    case 'start':
      if (outcome.kind === 'done') life.startTookMs = rememberedMs(life.startTookMs, tookMs);
      return finishStart(life, operation, outcome, nowMs);
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
      foundStopped(life);
      if (!isSameDefinition(operation.resource, life.resource)) {
        // It is not there as it was; whether it is there as the spec has it by now is still to be found out (S7).
        life.state = 'unknown';
        life.probeAtMs = nowMs;
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
      foundStopped(life);
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

function finishStop(life: ResourceLife, operation: Operation, outcome: Outcome, nowMs: number): Lesson | null {
  if (outcome.kind === 'done' || outcome.kind === 'stopped') {
    foundStopped(life);
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

function foundStopped(life: ResourceLife): void {
  life.state = 'stopped';
  life.running = null;
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

/** The ladder: so many restarts within so long, then give the place up. Returns what to tell people. */
export function fail(
  life: ResourceLife,
  options: { readonly action: OperationAction; readonly reason: string; readonly rule: OnFail; readonly nowMs: number },
): Lesson {
  const { action, rule, nowMs } = options;
  const reason = options.reason.slice(0, limits.reasonLengthMax);
  life.failures = [...life.failures, { atMs: nowMs, action, reason }].slice(-limits.failuresPerResourceMax);
  const recent = life.failures.filter((failure) => nowMs - failure.atMs < life.policy.withinMs).length;
  const verdict = rule === 'restart' ? (recent > life.policy.restarts ? life.policy.then : 'restart') : rule;
  const { id } = life.resource;
  const sentence = `${id}: ${action} failed: ${reason}`;
  const { forgetAfterMs } = life.policy;
  const banEnd = describeBanEnd({ resource: id, node: null, forgetAfterMs, leftMs: null });
  switch (verdict) {
    case 'ignore':
    case 'restart':
      return {
        level: 'warn',
        sentence: `${sentence}; failure ${recent} of ${life.policy.restarts} restarts, trying again here`,
      };
    case 'move':
    case 'standby':
      life.banned = true;
      return { level: 'error', sentence: `${sentence}; it is not run here ${banEnd}` };
    case 'stop':
      life.halted = true;
      return { level: 'error', sentence: `${sentence}; it is stopped everywhere ${banEnd}` };
    case 'fence':
      life.blocked = true;
      life.wantsFence = true;
      return { level: 'error', sentence: `${sentence}; it is blocked here until another node has fenced this one` };
    case 'block':
      life.blocked = true;
      return {
        level: 'error',
        sentence: `${sentence}; it is blocked here and nobody takes it: stop it by hand, then run \`fairlead retry ${id}\``,
      };
    default:
      return unreachable(verdict);
  }
}

/** Forgets failures that are old enough; what they banned may run here again. Returns whether anything changed. */
export function forgetFailures(life: ResourceLife, nowMs: number): boolean {
  const newest = life.failures.at(-1);
  if (newest === undefined || life.blocked || nowMs - newest.atMs < life.policy.forgetAfterMs) return false;
  forgetAll(life);
  return true;
}

function forgetAll(life: ResourceLife): void {
  life.failures = [];
  life.banned = false;
  life.halted = false;
  life.backOffUntilMs = Number.NEGATIVE_INFINITY;
}

/** A person asks to try again: failures are forgotten and the resource is looked at anew. */
export function retry(life: ResourceLife, nowMs: number): void {
  forgetAll(life);
  life.blocked = false;
  life.wantsFence = false;
  doubt(life, nowMs);
}

/** What is known of the resource counts no more, and it is looked at anew; an operation under way tells it anyhow. */
export function doubt(life: ResourceLife, nowMs: number): void {
  life.probeAtMs = nowMs;
  if (life.operation === null) life.state = 'unknown';
}

/** When this life next needs a look of the clock, after `nowMs`; Infinity for never. What is due already was looked at in this step. */
export function lifeDeadlineMs(life: ResourceLife, nowMs: number): number {
  let at = Number.POSITIVE_INFINITY;
  const consider = (dueMs: number) => {
    if (dueMs > nowMs && dueMs < at) at = dueMs;
  };
  if (life.operation === null && (life.state === 'running' || life.state === 'failed'))
    life.monitorAtMs.forEach(consider);
  for (const watch of life.checks) if (watch.round === null) consider(watch.nextAtMs);
  if (life.operation === null && life.state === 'unknown') consider(life.probeAtMs);
  const newest = life.failures.at(-1);
  if (newest !== undefined) consider(newest.atMs + life.policy.forgetAfterMs);
  consider(life.backOffUntilMs);
  return at;
}
