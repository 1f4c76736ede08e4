import type { Operation, OperationAction, Outcome } from '../model/operation.js';
import type { Log } from '../ports/log.js';

/** One operation under way, as an agent sees it. */
export interface AgentCall {
  readonly operation: Operation;
  /** Time left until the operation's deadline. Shape: milliseconds, may be negative. */
  readonly leftMs: () => number;
  /** Aborted when the operation is cancelled or the daemon ends. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** One kind of agent: what it does for each action. Never rejects for anything that the world does. */
export type Agent = Readonly<Record<OperationAction, (call: AgentCall) => Promise<Outcome>>>;
