import type { ResourceSpec } from '../model/cluster-spec.js';
import type { Operation, OperationAction, Outcome } from '../model/operation.js';
import type { DefinitionChange } from '../model/reload-action.js';
import type { Log } from '../ports/log.js';
import type { CallNote } from './call-records.js';

/** One operation under way, as an agent sees it. */
export interface AgentCall {
  readonly operation: Operation;
  /** Time left until the operation's deadline. Shape: milliseconds, may be negative. */
  readonly leftMs: () => number;
  /** Aborted when the operation is cancelled or the daemon ends. */
  readonly signal: AbortSignal;
  /** Whether the call may still be made: a start, while the resource may run here; a stop of the guard, while its orders say so. To be asked right before a program is run; absent where it always may. */
  readonly isPermitted?: () => boolean;
  /** For the programs of a call that changes something; null for one that only looks. */
  readonly note: CallNote | null;
  readonly log: Log;
}

/** One kind of agent: what it does for each action. Never rejects for anything that the world does. */
export type Agent = Readonly<Record<Exclude<OperationAction, 'reload'>, (call: AgentCall) => Promise<Outcome>>> & {
  /** Takes over other parameters while the service runs on; absent where no kind of it can. */
  readonly reload?: (call: AgentCall) => Promise<Outcome>;
  /** Whether `reload` would do for a change. */
  readonly canReload?: (change: DefinitionChange) => Promise<boolean>;
  /** Learns what a start that may come soon would have to. Changes nothing. */
  readonly prepare?: (resource: ResourceSpec, how: { readonly signal: AbortSignal; readonly log: Log }) => void;
};
