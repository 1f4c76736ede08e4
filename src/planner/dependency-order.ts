/**
 * An order in which every group comes after those it depends on, and the rings that have none.
 *
 * Source: Tarjan, Depth-first search and linear graph algorithms (1972), with a stack of our own, so that a chain of any length fits.
 */

/** Groups in an order of dependency. */
export interface DependencyOrder {
  /** Group numbers, those depended on first. */
  readonly order: Int32Array;
  /** For each group the number of its component; groups of one component depend on each other. */
  readonly component: Int32Array;
  /** Groups by component. */
  readonly componentMembers: readonly (readonly number[])[];
}

/**
 * Orders groups by what they depend on.
 *
 * Shape: `dependencies` by group number; equal inputs give equal orders. Members of a component stand in order of number.
 */
export function orderByDependency(dependencies: readonly (readonly number[])[]): DependencyOrder {
  const count = dependencies.length;
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const component = new Int32Array(count).fill(-1);
  const nextEdge = new Int32Array(count);
  const path: number[] = [];
  const open: number[] = [];
  const componentMembers: number[][] = [];
  let visited = 0;

  const enter = (group: number): void => {
    index[group] = visited;
    low[group] = visited;
    visited += 1;
    path.push(group);
    open.push(group);
  };
  const leave = (group: number): void => {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) low[parent] = Math.min(at(low, parent), at(low, group));
    if (low[group] !== index[group]) return;
    const members: number[] = [];
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      component[member] = componentMembers.length;
      members.push(member);
      if (member === group) break;
    }
    componentMembers.push(members.sort((a, b) => a - b));
  };

  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue;
    enter(root);
    for (let group = path.at(-1); group !== undefined; group = path.at(-1)) {
      const edge = at(nextEdge, group);
      const target = dependencies[group]?.[edge];
      if (target === undefined) {
        leave(group);
        continue;
      }
      nextEdge[group] = edge + 1;
      if (index[target] === -1) enter(target);
      else if (component[target] === -1) low[group] = Math.min(at(low, group), at(index, target));
    }
  }
  return { order: Int32Array.from(componentMembers.flat()), component, componentMembers };
}

function at(numbers: Int32Array, position: number): number {
  return numbers[position] ?? 0;
}
