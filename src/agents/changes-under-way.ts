/**
 * Starts and reloads under way, and the end of those that were given up.
 *
 * What was cancelled has the grace of its programs still to live in, and may make the service run in it. So whatever comes next for the resource ends that at once and waits until it is over, and a stop or a look that could not
 * wait so long proves nothing.
 */
import type { Operation, OperationAction } from '../model/operation.js';
import { delay } from './delay.js';

/** One of them. */
export interface Change {
  readonly action: OperationAction;
  readonly resource: string;
  readonly signal: AbortSignal;
  /** Aborted when nothing of it is under way any more. */
  readonly over: AbortController;
}

/** Those of one node. */
export class ChangesUnderWay {
  /** In the order in which they began. */
  readonly #changes = new Set<Change>();
  readonly #kill: (resource: string) => void;

  /** `kill` kills, without grace, the programs of starts and reloads of a resource that are under way. */
  constructor(kill: (resource: string) => void) {
    this.#kill = kill;
  }

  /** Null for an operation that makes nothing run. */
  begin({ action, resource }: Operation, signal: AbortSignal): Change | null {
    if (action !== 'start' && action !== 'reload') return null;
    const change = { action, resource: resource.id, signal, over: new AbortController() };
    this.#changes.add(change);
    return change;
  }

  over(change: Change | null): void {
    if (change === null) return;
    this.#changes.delete(change);
    change.over.abort();
  }

  /**
   * Ends what was cancelled of a resource, but for what began after `self`, and waits until it is over.
   *
   * Shape: `waitMs` is how long at most. Returns why the resource cannot be taken for stopped, whatever a look sees from now on; null when it can.
   */
  async endCancelled(resource: string, self: Change | null, waitMs: number): Promise<string | null> {
    const all = [...this.#changes];
    const earlier = self === null ? all : all.slice(0, all.indexOf(self));
    const cancelled = earlier.filter((change) => change.resource === resource && change.signal.aborted);
    if (cancelled.length === 0) return null;
    this.#kill(resource);
    const untilMs = performance.now() + waitMs;
    for (const { over } of cancelled) await delay(Math.max(0, untilMs - performance.now()), over.signal);
    const left = cancelled.find(({ over }) => !over.signal.aborted);
    return left === undefined ? null : `its ${left.action}, which was cancelled, is not over yet`;
  }
}
