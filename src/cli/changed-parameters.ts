/**
 * What runs by the spec in force and has other parameters in this one: nodes will say so once it is theirs, and a dry run must say it before.
 */
import type { AgentCatalogue } from '../model/agent-catalogue.js';
import type { ClusterSpec, ResourceSpec } from '../model/cluster-spec.js';
import type { ObservedCluster, ResourceObservation } from '../model/observation.js';
import type { DefinitionChange } from '../model/reload-action.js';
import { isReloadable } from '../model/reload-action.js';
import { isSameDefinition } from '../model/same-definition.js';

/** An observation with what another spec changes. */
export interface ChangedParameters {
  readonly observed: ObservedCluster;
  /** Resources that are shown as restarted because it is not known here whether their agents could reload them, in order of id. */
  readonly untold: readonly string[];
}

/** The observation as it will be when `next` has taken the place of `inForce`. Shape: `catalogue` is what agents declare, null where that is not known. */
export function withChangedParameters(
  observed: ObservedCluster,
  options: { readonly inForce: ClusterSpec; readonly next: ClusterSpec; readonly catalogue: AgentCatalogue | null },
): ChangedParameters {
  const { inForce, next, catalogue } = options;
  const changes = changesOf(inForce, next);
  if (changes.size === 0) return { observed, untold: [] };
  const untold = new Set<string>();
  const resources = observed.resources.map((seen) => {
    const change = changes.get(seen.resource);
    if (change === undefined) return seen;
    const verdict = verdictOf(change, catalogue);
    if (verdict === null && seen.state === 'running') untold.add(seen.resource);
    return after(seen, verdict === true);
  });
  return { observed: { ...observed, resources }, untold: [...untold].sort() };
}

function changesOf(inForce: ClusterSpec, next: ClusterSpec): ReadonlyMap<string, DefinitionChange> {
  const before = new Map(inForce.resources.map((resource): [string, ResourceSpec] => [resource.id, resource]));
  return new Map(
    next.resources.flatMap((to): [string, DefinitionChange][] => {
      const from = before.get(to.id);
      return from === undefined || isSameDefinition(from, to) ? [] : [[to.id, { from, to }]];
    }),
  );
}

/** Whether a reload does; null where only its agent knows. */
function verdictOf(change: DefinitionChange, catalogue: AgentCatalogue | null): boolean | null {
  const { from, to } = change;
  if (!to.type.startsWith('ocf:') || from.type !== to.type) return false;
  const metadata = catalogue?.agents[to.type];
  return metadata === undefined || metadata === null || !metadata.declared ? null : isReloadable(metadata, change);
}

/** Failures of other parameters count no more, but for a failed stop. What has not taken over all of the spec in force yet does so with the rest, if it can. */
function after(seen: ResourceObservation, isReload: boolean): ResourceObservation {
  const { outdated: wasOutdated, reloadable: wasReloadable, ...kept } = seen;
  const mayReload = isReload && (wasOutdated !== true || wasReloadable === true);
  const outdated = seen.state === 'running' ? { outdated: true, ...(mayReload ? { reloadable: true } : {}) } : {};
  if (seen.blocked) return { ...kept, ...outdated };
  const { reason: _, backingOff: __, halted: ___, ...rest } = kept;
  return { ...rest, failures: 0, banned: false, ...outdated };
}
