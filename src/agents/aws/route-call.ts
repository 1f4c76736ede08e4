/** One call of `builtin:aws-route`, and what the agent remembers between them. */
import type { RunMarks } from '../run-marks.js';
import type { CloudCall } from './cloud-agent.js';
import type { OwnChanges } from './own-changes.js';
import type { ReadAhead } from './read-ahead.js';
import type { RouteParameters } from './route-parameters.js';

/** What the agent remembers. */
export interface RouteMemory {
  /** The resources whose routes this node has taken since its boot. */
  readonly taken: RunMarks;
  /** By table and destination. */
  readonly changes: OwnChanges;
  /** Whether interfaces check source and destination, as read ahead for a start. */
  readonly checks: ReadAhead<boolean>;
}

/** One call. */
export type RouteCall = CloudCall<RouteParameters, RouteMemory>;
