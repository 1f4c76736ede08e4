import { unreachable } from '../base/invariant.js';
import { describeBanEnd } from '../model/ban-end.js';
import type { FailurePolicy, OnFail, ResourceSpec } from '../model/cluster-spec.js';
import { limits } from '../model/limits.js';
import type { ResourceState } from '../model/observation.js';
import type { Operation, OperationAction } from '../model/operation.js';
import { isSameDefinition } from '../model/same-definition.js';
import type { AskedChange } from './definition-change.js';
import type { NudgeLimit } from './nudge-limit.js';
import { beginNudgeLimit } from './nudge-limit.js';
import type { CheckWatch } from './check-watch.js';
import { redefineChecks } from './check-watch.js';

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
  /** What a reload was to give it that is under way or did not end well: it may run with that as well. */
  halfReloaded: ResourceSpec | null;
  /** The newest difference between what runs and the spec of which its agent was asked whether a reload does. */
  change: AskedChange | null;
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
  /** The newest lesson in words; null once an operation went as expected. */
  said: string | null;
  /** How its checks stand, and whether it is broken by these alone; empty while it does not run. */
  checks: CheckWatch[];
  isBrokenByCheck: boolean;
}

/** What an outcome means beyond the state, for the log. Shape: `debug` for what was said already and has not changed since. */
export interface Lesson {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly sentence: string;
}

/** A resource of which nothing is known yet, but perhaps what an earlier daemon ran it with. */
export function beginLife(
  resource: ResourceSpec,
  policy: FailurePolicy,
  { running, halfReloaded }: Pick<ResourceLife, 'running' | 'halfReloaded'> = { running: null, halfReloaded: null },
): ResourceLife {
  return {
    resource,
    policy,
    running,
    halfReloaded,
    change: null,
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
    said: null,
    checks: [],
    isBrokenByCheck: false,
  };
}

/** What runs here or may, whatever the spec says by now. */
export function definitionOf(life: ResourceLife): ResourceSpec {
  return life.running ?? life.resource;
}

/** The spec in force says something new of a resource. What runs stays as it was started; its monitors and timeouts follow at once, and failures of another definition count no more. */
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
  life.running = withTimeouts(life.running, spec.resource);
  life.halfReloaded = withTimeouts(life.halfReloaded, spec.resource);
  if (life.state !== 'running' && life.state !== 'failed') return;
  life.checks = redefineChecks(life.checks, spec.resource, nowMs);
  life.monitorAtMs = spec.resource.monitors.map((monitor, index) =>
    Math.min(life.monitorAtMs[index] ?? Number.POSITIVE_INFINITY, nowMs + monitor.everyMs),
  );
}

/** A definition with the timeouts that the spec has by now; the very same when it has them already, or is of another type. */
function withTimeouts(definition: ResourceSpec | null, { type, timeouts }: ResourceSpec): ResourceSpec | null {
  if (definition?.type !== type || JSON.stringify(definition.timeouts) === JSON.stringify(timeouts)) return definition;
  return { ...definition, timeouts };
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
  } else if (operation.action === 'reload') {
    life.halfReloaded = operation.resource;
  } else if (operation.action === 'stop' || operation.action === 'kill') {
    life.state = 'stopping';
    life.running = definitionOf(life);
  }
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
  life.said = null;
  life.failures = [];
  life.banned = false;
  life.halted = false;
  life.backOffUntilMs = Number.NEGATIVE_INFINITY;
}

/** A person asks to try again: failures are forgotten and the resource is looked at anew. Of what runs and has none nothing is to be tried. */
export function retry(life: ResourceLife, nowMs: number): void {
  if (life.state === 'running' && life.failures.length === 0 && !life.blocked && !life.wantsFence) return;
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
