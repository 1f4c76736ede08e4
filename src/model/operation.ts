import type { ResourceSpec } from './cluster-spec.js';

/**
 * What an agent can be asked to do.
 *
 * probe: does it run at all? monitor: does it run well? reload: take over other parameters while it runs on. kill: end it at once by the path that needs no agent.
 */
export type OperationAction = 'probe' | 'monitor' | 'start' | 'reload' | 'stop' | 'kill';

/**
 * One agent call on one node.
 *
 * Shape: `id` is unique within a daemon's life; `epoch` is the lease's fencing token, 0 where there is no lease; `intervalMs` is 0 except for recurring monitors.
 */
export interface Operation {
  readonly id: string;
  readonly action: OperationAction;
  readonly resource: ResourceSpec;
  readonly node: string;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly depth: number;
  readonly epoch: number;
}

/**
 * What came of an operation.
 *
 * done: a start, reload, stop or kill succeeded; a stop or kill says so only on proof. running, stopped: answers of a probe or monitor. failed: the agent said so; for a probe or
 * monitor it means that the resource is there and broken. unknown: it could not be found out, which is never taken for stopped. timeout: ended at its deadline.
 * `drift` is how the thing, as it was just looked at, differs from the spec for reasons outside of fairlead, although it works: words that "on NODE" can follow ("enabled at boot"), several of them joined by a comma. Without it nothing of that kind was seen.
 * `class` tells who can still help: `soft` a retry here, `node` another node (not installed, no permission), `fatal` nobody until the spec changes.
 */
export type Outcome =
  | { readonly kind: 'done'; readonly drift?: string }
  | { readonly kind: 'running'; readonly drift?: string }
  | { readonly kind: 'stopped'; readonly drift?: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly class: 'soft' | 'node' | 'fatal';
      readonly code: number | null;
    }
  | { readonly kind: 'timeout'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };
