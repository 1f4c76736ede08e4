/** What a daemon answers on its control socket. */
import type { Attribute, AttributeChange } from '../model/attribute.js';
import type { FenceEvent } from '../model/fencing.js';
import type { Revision } from '../model/revision.js';
import type { Condition, Status } from '../model/status.js';

/** What came of a request. Shape: `why` is one sentence that says what to do. */
export type ControlOutcome = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** What came of a request to look at the spec now. Shape: `revision` is the one in force after the look; `condition` says why the file is not it, null when it is. */
export type ReconcileOutcome =
  | { readonly ok: true; readonly revision: Revision | null; readonly condition: Condition | null }
  | { readonly ok: false; readonly why: string };

/**
 * What came of a request to detach.
 *
 * Shape: `leftMs` is the time until the first lease ends, null when none is held; `withoutKillPath` are resources that only their own agents can stop.
 */
export type DetachOutcome =
  | { readonly ok: true; readonly leftMs: number | null; readonly withoutKillPath: readonly string[] }
  | { readonly ok: false; readonly why: string };

/** The spec in force. */
export interface SpecInForce {
  readonly revision: Revision | null;
  readonly text: string | null;
}

/**
 * The daemon as the control socket sees it.
 *
 * Errors: whatever a handler throws is a mistake of ours; the client is told so and the log has the rest.
 */
export interface ControlHandlers {
  status(): Status;
  spec(): SpecInForce;
  /** Forgets the failures of a resource, or of a group's members. Shape: `node` null for every node where it failed or for this one, as the daemon sees fit. */
  retry(request: { readonly resource: string; readonly node: string | null }): Promise<ControlOutcome>;
  /** Begins to hand everything over; resolves once that is under way. */
  leave(): Promise<ControlOutcome>;
  /** Ends the daemon without handing anything over; resolves when it is about to. */
  detach(): Promise<DetachOutcome>;
  /** Looks at the spec now. Shape: `path` is absolute, null for the one that is watched; one that is not watched is refused unless `adopt`. */
  reconcile(request: { readonly path: string | null; readonly adopt: boolean }): Promise<ReconcileOutcome>;
  /** What fencing did, oldest first. */
  fenceHistory(): readonly FenceEvent[];
  /** Takes a person's word that a node is without power. */
  fenceConfirm(request: { readonly node: string }): Promise<ControlOutcome>;
  /** Every attribute that is true by this daemon's lights, and whose daemon it is. */
  attributes(): { readonly node: string; readonly attributes: readonly Attribute[] };
  /** Writes an attribute, of whatever node. */
  setAttribute(change: AttributeChange): ControlOutcome;
  /** Only a daemon of `fairlead lab` has it. */
  readonly lab?: LabHandlers;
}

/** Faults that a lab may ask for. */
export interface LabHandlers {
  /** Loses everything to and from these nodes from now on, and nothing else. Shape: ids of nodes. */
  cut(request: { readonly peers: readonly string[] }): ControlOutcome;
  /** Loses nothing any more. */
  heal(): void;
}
