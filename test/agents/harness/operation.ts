/** Operations, resources and logs for tests, complete but for what the test is about. */
import type { ResourceSpec } from '../../../src/model/cluster-spec.js';
import type { Operation, OperationAction } from '../../../src/model/operation.js';
import type { Log, LogLevel } from '../../../src/ports/log.js';

const PLACE = { file: 'test.yaml', line: 1, column: 1 };
let operations = 0;

/** A resource with the given type and parameters. */
export function resource(type: string, params: ResourceSpec['params'] = {}, id = 'web'): ResourceSpec {
  return {
    id,
    group: id,
    type,
    params,
    monitors: [],
    checks: [],
    timeouts: { startMs: 10_000, stopMs: 10_000, monitorMs: 10_000 },
    onFail: { monitor: 'restart', start: 'move', stop: 'block' },
    exclusive: 'lease',
    place: PLACE,
  };
}

/** An operation on a resource. */
export function operation(
  action: OperationAction,
  of: ResourceSpec,
  rest: Partial<Pick<Operation, 'timeoutMs' | 'intervalMs' | 'depth' | 'epoch'>> = {},
): Operation {
  operations += 1;
  return {
    id: `operation-${operations}`,
    action,
    resource: of,
    node: 'lb1',
    timeoutMs: 20_000,
    intervalMs: 0,
    depth: 0,
    epoch: 7,
    ...rest,
  };
}

/** A log that remembers its sentences. */
export function rememberingLog(): Log & {
  readonly sentences: { readonly level: LogLevel; readonly sentence: string }[];
} {
  const sentences: { level: LogLevel; sentence: string }[] = [];
  return {
    sentences,
    event: (level, sentence) => {
      sentences.push({ level, sentence });
    },
  };
}
