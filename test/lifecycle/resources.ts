/** Resources and their operations, with everything filled in that a test does not speak of. */
import type { FailurePolicy, ResourceSpec } from '../../src/model/cluster-spec.js';
import type { Operation, OperationAction, Outcome } from '../../src/model/operation.js';
import type { Lesson, ResourceLife } from '../../src/lifecycle/resource-life.js';
import { finishOperation } from '../../src/lifecycle/finish-operation.js';
import { beginLife, beginOperation } from '../../src/lifecycle/resource-life.js';

const place = { file: 'test.yaml', line: 1, column: 1 };

/** Two restarts within a minute, then to another node; failures are forgotten after ten minutes. */
// biome-ignore lint/suspicious/noThenProperty: the spec's own word
export const POLICY: FailurePolicy = { restarts: 2, withinMs: 60_000, then: 'move', forgetAfterMs: 600_000 };

/** A resource with one monitor every 10 s. */
export function resource(overrides: Partial<ResourceSpec> = {}): ResourceSpec {
  return {
    id: 'nginx',
    group: 'web',
    type: 'script',
    params: { start: 'nginx' },
    checks: [],
    monitors: [{ everyMs: 10_000, timeoutMs: 5000, depth: 0 }],
    timeouts: { startMs: 3000, stopMs: 2000, monitorMs: 1000 },
    onFail: { monitor: 'restart', start: 'restart', stop: 'block' },
    exclusive: 'lease',
    place,
    ...overrides,
  };
}

/** A life in a state, brought there by a probe. */
export function lifeIn(
  state: 'unknown' | 'stopped' | 'running' | 'failed',
  spec: Partial<ResourceSpec> = {},
  policy: Partial<FailurePolicy> = {},
): ResourceLife {
  const life = beginLife(resource(spec), { ...POLICY, ...policy });
  if (state === 'unknown') return life;
  run(life, 'probe', state === 'failed' ? failed() : { kind: state }, 0);
  return life;
}

let operations = 0;

/** Runs an operation on a life to its end, which comes `tookMs` after its beginning. */
export function run(
  life: ResourceLife,
  action: OperationAction,
  outcome: Outcome,
  nowMs: number,
  tookMs = 0,
): Lesson | null {
  const operation = operationOf(life, action);
  beginOperation(life, operation, nowMs - tookMs);
  return finishOperation(life, operation, outcome, nowMs);
}

/** An operation on a life. */
export function operationOf(life: ResourceLife, action: OperationAction): Operation {
  operations += 1;
  const { resource: spec } = life;
  return {
    id: `op-${operations}`,
    action,
    resource: spec,
    node: 'lb1',
    timeoutMs: 1000,
    intervalMs: 0,
    depth: 0,
    epoch: 1,
  };
}

/** An agent said that it failed, for a reason that a retry may help against. */
export function failed(reason = 'no route'): Outcome {
  return { kind: 'failed', reason, class: 'soft', code: 1 };
}
