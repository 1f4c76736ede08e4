import type { EventSource } from '../model/event-source.js';
import type { FenceOutcome, FenceRequest } from '../model/fencing.js';
import type { Operation, Outcome } from '../model/operation.js';
import type { CheckResult, CheckSpec } from '../model/check.js';
import type { PingSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { DefinitionChange } from '../model/reload-action.js';

/** Runs agents on this node. Answers are promise-like, so that a simulated runner can answer at an exact moment of its own clock. */
export interface AgentRunner {
  /**
   * Runs one operation to its end: its outcome, its deadline or its cancellation. Never rejects.
   *
   * An operation that passes its deadline, or is cancelled, has its whole process group ended (TERM, then KILL) before this resolves.
   *
   * `isPermitted` is asked right before anything is set off, for each program that is run: this process may have stood still since the operation was decided. When it says no, nothing more is set
   * off and the outcome is `unknown`.
   *
   * What follows a start or reload of the same resource that was cancelled begins when that is over; where it is not over in half of the time, "done" and "stopped" are `unknown`.
   *
   * A start of a resource that has checks is through when each of them has passed `rise` times in a row.
   */
  run(operation: Operation, isPermitted?: () => boolean): PromiseLike<Outcome>;
  /** A start of this resource may come soon: what can be learned before it is, so that the start is shorter. Changes nothing, and answers nothing. */
  prepare(resource: ResourceSpec): void;
  /** Whether a resource that runs can take over another definition by a `reload`, as its agent declares on this machine; false where that is not known. Never rejects. */
  canReload(change: DefinitionChange): PromiseLike<boolean>;
  /** Ends an operation or a fence call that is under way; its `run` resolves with `unknown`, its `fence` with `failed`. */
  cancel(operationId: string): void;
  /**
   * Asks to be told when something may have happened to a resource that a monitor should look at now: a kept process ended, an address was removed. Only says "look again".
   */
  onNudge(listener: (resource: string) => void): void;
  /**
   * Asks to be told when a source of such events has none any more, and when it has them again.
   *
   * Shape: `why` follows "because"; null when they come again, and whatever may have been missed was told then.
   */
  onEventsLost(listener: (source: EventSource, why: string | null) => void): void;
  /** One round of a ping. Shape: how many hosts answered; null when it could not be found out (no permission, no program). Never rejects. */
  ping(ping: PingSpec): PromiseLike<number | null>;
  /** One round of a check. Shape: `resource` is whose it is, null for a check of the node. Never rejects. */
  check(check: CheckSpec, resource: string | null): PromiseLike<CheckResult>;
  /**
   * One call of one fence device's agent. Never rejects.
   *
   * `isPermitted` is asked right before power is taken away: this process may have stood still, or the agent been asked long what it can do. `off` succeeds only when the device says that the power is gone, where it can be asked; `reboot` then gives it back without being waited for. A program that passes the request's time has its whole process group ended (TERM, then KILL) before this resolves. Levels, retries and delays are the caller's.
   */
  fence(request: FenceRequest, isPermitted?: () => boolean): PromiseLike<FenceOutcome>;
  /** Forgets what is kept in memory; running services are left alone. */
  close(): void;
}
