import type { Operation, OperationAction } from '../model/operation.js';
import type { ResourceLife } from '../lifecycle/resource-life.js';
import { definitionOf } from '../lifecycle/resource-life.js';
import type { Mind } from './mind.js';

/**
 * A new operation on a resource, with the epoch of the lease under which it runs.
 *
 * Only a start or reload is about what the spec wants. A stop or kill undoes what was started, and a probe or monitor looks for it, whatever the spec says by now.
 */
export function newOperation(
  mind: Mind,
  life: ResourceLife,
  options: {
    readonly action: OperationAction;
    readonly timeoutMs: number;
    readonly intervalMs?: number;
    readonly depth?: number;
  },
): Operation {
  mind.operationCount += 1;
  return {
    id: `${mind.node}-${mind.operationCount}`,
    action: options.action,
    resource: options.action === 'start' || options.action === 'reload' ? life.resource : definitionOf(life),
    node: mind.node,
    timeoutMs: Math.max(1, Math.round(options.timeoutMs)),
    intervalMs: options.intervalMs ?? 0,
    depth: options.depth ?? 0,
    epoch: mind.holder.held.get(life.resource.group)?.epoch ?? 0,
  };
}
