/** Every duration that is written in a spec, with the least that makes sense of it. */
import type { ClusterDocument, FailurePolicy, Monitors, Timeouts } from './raw-document.js';
import type { PathPart } from './source-index.js';
import type { WrittenCheck } from './written-checks.js';
import { writtenChecks } from './written-checks.js';

/** A duration as it is written. Shape: `minMs` is the least that it may be. */
export interface WrittenDuration {
  readonly path: readonly PathPart[];
  readonly text: string;
  readonly minMs: number;
}

/** The least of each duration. Ours: below them a node is busy with nothing else, or an agent cannot even begin. */
const least = {
  heartbeatMs: 20,
  leaseMs: 100,
  monitorEveryMs: 100,
  pingEveryMs: 100,
  agentMs: 10,
  stopBudgetMs: 100,
  watchdogMs: 1000,
  fenceMs: 1000,
  anyMs: 0,
  someMs: 1,
} as const;

/** The durations of a document. */
export function* writtenDurations(document: ClusterDocument): Iterable<WrittenDuration> {
  const {
    heartbeat = {},
    pings = {},
    defaults = {},
    groups = {},
    resources = {},
    fencing = {},
    alerts = {},
  } = document;
  yield* written(['heartbeat'], { every: heartbeat.every }, least.heartbeatMs);
  yield* written(['heartbeat'], { lease: heartbeat.lease }, least.leaseMs);
  yield* written(['heartbeat'], { warnAfter: heartbeat.warnAfter }, least.someMs);
  for (const [id, ping] of Object.entries(pings)) {
    yield* written(['pings', id], { every: ping.every }, least.pingEveryMs);
    yield* written(['pings', id], { timeout: ping.timeout }, least.agentMs);
    yield* written(['pings', id], { failAfter: ping.failAfter, recoverAfter: ping.recoverAfter }, least.anyMs);
  }
  yield* policyDurations(['defaults', 'failurePolicy'], defaults.failurePolicy);
  yield* timeoutDurations(['defaults', 'timeouts'], defaults.timeouts);
  yield* monitorDurations(['defaults', 'monitor'], defaults.monitor);
  for (const [id, group] of Object.entries(groups)) {
    yield* written(['groups', id], { stopBudget: group.stopBudget }, least.stopBudgetMs);
    yield* policyDurations(['groups', id, 'failurePolicy'], group.failurePolicy);
  }
  for (const [id, resource] of Object.entries(resources)) {
    yield* written(['resources', id], { stopBudget: resource.stopBudget }, least.stopBudgetMs);
    yield* policyDurations(['resources', id, 'failurePolicy'], resource.failurePolicy);
    yield* timeoutDurations(['resources', id, 'timeouts'], resource.timeouts);
    yield* monitorDurations(['resources', id, 'monitor'], resource.monitor);
  }
  yield* written(['health'], { every: document.health?.every }, least.pingEveryMs);
  for (const check of writtenChecks(document)) yield* checkDurations(check);
  for (const [id, device] of Object.entries(fencing.devices ?? {})) {
    yield* written(['fencing', 'devices', id], { timeout: device.timeout }, least.fenceMs);
    yield* written(['fencing', 'devices', id, 'delay'], { ...device.delay }, least.anyMs);
  }
  for (const [id, receiver] of Object.entries(alerts)) {
    yield* written(['alerts', id], { timeout: receiver.timeout }, least.agentMs);
  }
  yield* written(['fencing'], { headStart: fencing.headStart }, least.anyMs);
  yield* written(['fencing', 'watchdog'], { timeout: fencing.watchdog?.timeout }, least.watchdogMs);
}

function* policyDurations(path: readonly PathPart[], policy: FailurePolicy = {}): Iterable<WrittenDuration> {
  yield* written(path, { within: policy.within, forgetAfter: policy.forgetAfter }, least.someMs);
}

function* timeoutDurations(path: readonly PathPart[], timeouts: Timeouts = {}): Iterable<WrittenDuration> {
  yield* written(path, { start: timeouts.start, stop: timeouts.stop, monitor: timeouts.monitor }, least.agentMs);
}

function* monitorDurations(path: readonly PathPart[], monitors: Monitors = []): Iterable<WrittenDuration> {
  for (const [index, monitor] of monitors.entries()) {
    yield* written([...path, index], { every: monitor.every }, least.monitorEveryMs);
    yield* written([...path, index], { timeout: monitor.timeout }, least.agentMs);
  }
}

function* checkDurations({ check, path }: WrittenCheck): Iterable<WrittenDuration> {
  yield* written(path, { every: check.every }, least.pingEveryMs);
  yield* written(path, { timeout: check.timeout }, least.agentMs);
  yield* written(path, { newerThan: check.newerThan }, least.someMs);
}

function* written(
  path: readonly PathPart[],
  durations: Readonly<Record<string, string | undefined>>,
  minMs: number,
): Iterable<WrittenDuration> {
  for (const [name, text] of Object.entries(durations)) {
    if (text !== undefined) yield { path: [...path, name], text, minMs };
  }
}
