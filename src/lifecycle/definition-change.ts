/** What the spec has changed of a resource that runs, and whether its agent can take that over while it runs on. */
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { ResourceState } from '../model/observation.js';
import type { Operation } from '../model/operation.js';
import type { DefinitionChange } from '../model/reload-action.js';
import { isSameDefinition } from '../model/same-definition.js';

/** A change of which the agent was asked. Shape: `isReloadable` is null until it answered. */
export interface AskedChange extends DefinitionChange {
  isReloadable: boolean | null;
}

/** What of a life says how it differs from the spec. */
interface Running {
  readonly resource: ResourceSpec;
  readonly running: ResourceSpec | null;
  readonly halfReloaded: ResourceSpec | null;
  readonly state: ResourceState;
  readonly operation: Operation | null;
  change: AskedChange | null;
}

/** Whether it runs with something else than the spec has, or may since a reload did not end well. */
export function isOutdated(life: Running): boolean {
  if (life.running === null || life.state !== 'running') return false;
  return life.halfReloaded !== null || !isSameDefinition(life.running, life.resource);
}

/** The change of which its agent is to be asked now; null for none, or for one of which it was asked. */
export function changeToAsk(life: Running): DefinitionChange | null {
  if (life.running === null || life.halfReloaded !== null || !isOutdated(life) || isAsked(life)) return null;
  // Other kinds of agents have no reload.
  if (!life.resource.type.startsWith('ocf:') || life.running.type !== life.resource.type) return null;
  life.change = { from: life.running, to: life.resource, isReloadable: null };
  return life.change;
}

/** The agent answered. Returns whether that is about what differs now. */
export function changeCompared(life: Running, change: DefinitionChange, isReloadable: boolean): boolean {
  if (life.change === null || !isSameChange(life.change, change)) return false;
  life.change.isReloadable = isReloadable;
  return true;
}

/** Whether a reload does now. */
export function isReloadable(life: Running): boolean {
  return isOutdated(life) && life.halfReloaded === null && isAsked(life) && life.change?.isReloadable === true;
}

/** Whether a reload does, is under way, or will do by what is known while the agent has not answered yet. */
export function mayBeReloaded(life: Running): boolean {
  if (life.operation?.action === 'reload') return true;
  return isOutdated(life) && life.halfReloaded === null && isAsked(life) && life.change?.isReloadable !== false;
}

function isAsked({ change, running, resource }: Running): boolean {
  return change !== null && running !== null && isSameChange(change, { from: running, to: resource });
}

function isSameChange(a: DefinitionChange, b: DefinitionChange): boolean {
  return isSameDefinition(a.from, b.from) && isSameDefinition(a.to, b.to);
}
