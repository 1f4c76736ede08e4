import type { GroupSpec } from '../model/cluster-spec.js';

/**
 * Groups that `with` ties together, directly or through others, and which therefore run on one node if they run at all.
 *
 * Shape: a function from a group's id to the id that stands for all that are tied to it.
 * Source: Tarjan, "Efficiency of a good but not linear set union algorithm", 1975; with path halving.
 */
export function groupsTogether(groups: readonly GroupSpec[]): (group: string) => string {
  const parent = new Map(groups.map(({ id }) => [id, id]));
  const find = (id: string): string => {
    let at = id;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) {
      const further = parent.get(up) ?? up;
      parent.set(at, further);
      at = further;
    }
    return at;
  };
  for (const group of groups) {
    for (const { id } of group.with) if (parent.has(id)) parent.set(find(id), find(group.id));
  }
  return find;
}
