import type { Operation, OperationAction } from '../model/operation.js';
import type { ResourceLife } from '../lifecycle/resource-life.js';
import { beginOperation, definitionOf } from '../lifecycle/resource-life.js';
import type { Effects, Mind } from './mind.js';

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

/** Whether it is to be found out now whether something runs. */
export function isProbeDue(life: ResourceLife, nowMs: number): boolean {
  return life.operation === null && life.state === 'unknown' && life.probeAtMs <= nowMs;
}

/** Begins to find out whether it runs. */
export function beginProbe(mind: Mind, life: ResourceLife, nowMs: number, effects: Effects): void {
  const operation = newOperation(mind, life, { action: 'probe', timeoutMs: definitionOf(life).timeouts.monitorMs });
  beginOperation(life, operation, nowMs);
  mind.touched.add(life.resource.id);
  effects.push({ kind: 'operate', operation });
}
