import type { AgentMetadata } from './agent-catalogue.js';
import type { ResourceSpec } from './cluster-spec.js';
import { changedParameters } from './same-definition.js';

/** Another definition of a resource than the one with which it runs. */
export interface DefinitionChange {
  readonly from: ResourceSpec;
  readonly to: ResourceSpec;
}

/** The action by which an OCF agent takes over parameters while its service runs on. */
export type ReloadAction = 'reload-agent' | 'reload';

/**
 * The reload action of an agent; null when it has none.
 *
 * One of OCF 1.1 or later has it under the name `reload-agent`; its `reload` is about the service's own files. Before that there was only `reload`, and Pacemaker calls that one.
 *
 * Source: OCF resource agent API 1.1, optional actions; Pacemaker 3.0, daemons/controld/controld_metadata.c.
 */
export function reloadActionOf(metadata: AgentMetadata): ReloadAction | null {
  const name = isOfOcf11(metadata) ? 'reload-agent' : 'reload';
  return metadata.actions.some((action) => action.name === name) ? name : null;
}

/**
 * Whether an agent can take a change over while its service runs on: all parameters that differ must be declared such that they can be reloaded.
 *
 * In OCF 1.1 these are marked `reloadable`; before, Pacemaker takes those for them that are not `unique`. What the agent does not declare is never reloaded.
 */
export function isReloadable(metadata: AgentMetadata, { from, to }: DefinitionChange): boolean {
  if (from.type !== to.type || reloadActionOf(metadata) === null) return false;
  const isMarked = isOfOcf11(metadata);
  return changedParameters(from, to).every((name) => {
    const declared = metadata.parameters.find((parameter) => parameter.name === name);
    return declared !== undefined && (isMarked ? declared.reloadable === true : !declared.unique);
  });
}

/** Whether it says that it is written to OCF 1.1 or later. Shape: numbers with dots between them; what is no such thing is older. */
function isOfOcf11({ ocfVersion }: AgentMetadata): boolean {
  const [, major = '0', minor = '0'] = /^(\d+)(?:\.(\d+))?/.exec(ocfVersion ?? '') ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 1);
}
