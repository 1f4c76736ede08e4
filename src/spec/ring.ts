/** Rings in a graph of groups that wait for each other. */

/** Why one group waits for another. Shape: `from` and `to` count the groups. */
export interface Edge<Why> {
  readonly from: number;
  readonly to: number;
  readonly why: Why;
}

/**
 * One ring for each knot of groups that reach each other and in which one of the edges counts.
 *
 * Shape: the edges of a ring in order, each from where the last one led; the shortest through the first edge that counts.
 */
export function findRings<Why>(
  count: number,
  edges: readonly Edge<Why>[],
  doesCount: (edge: Edge<Why>) => boolean,
): readonly (readonly Edge<Why>[])[] {
  const leaving: Edge<Why>[][] = Array.from({ length: count }, () => []);
  for (const edge of edges) leaving[edge.from]?.push(edge);
  const knotOf = findKnots(leaving);
  const rings: (readonly Edge<Why>[])[] = [];
  const told = new Set<number>();
  for (const edge of edges) {
    const knot = knotOf[edge.from] ?? -1;
    if (knot !== knotOf[edge.to] || told.has(knot) || !doesCount(edge)) continue;
    told.add(knot);
    rings.push([edge, ...wayBack({ edge, leaving, knotOf })]);
  }
  return rings;
}

/** The shortest way from where an edge leads to where it comes from. */
function wayBack<Why>(options: {
  readonly edge: Edge<Why>;
  readonly leaving: readonly (readonly Edge<Why>[])[];
  readonly knotOf: Int32Array;
}): Edge<Why>[] {
  const { edge, leaving, knotOf } = options;
  const knot = knotOf[edge.from];
  const reachedBy = new Map<number, Edge<Why>>();
  let frontier = [edge.to];
  while (frontier.length > 0 && !reachedBy.has(edge.from)) {
    const next: number[] = [];
    for (const place of frontier) {
      for (const step of leaving[place] ?? []) {
        if (knotOf[step.to] !== knot || step.to === edge.to || reachedBy.has(step.to)) continue;
        reachedBy.set(step.to, step);
        next.push(step.to);
      }
    }
    frontier = next;
  }
  const way: Edge<Why>[] = [];
  for (let step = reachedBy.get(edge.from); step !== undefined && way.length <= knotOf.length; ) {
    way.unshift(step);
    step = step.from === edge.to ? undefined : reachedBy.get(step.from);
  }
  return way;
}

/**
 * Groups that reach each other have one number.
 *
 * Source: Tarjan, "Depth-first search and linear graph algorithms", 1972; without recursion, since chains may be as long as a spec.
 */
function findKnots(leaving: readonly (readonly { readonly to: number }[])[]): Int32Array {
  const count = leaving.length;
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const knotOf = new Int32Array(count).fill(-1);
  const nextEdge = new Int32Array(count);
  const path: number[] = [];
  let visited = 0;
  for (let root = 0; root < count; root++) {
    if (order[root] !== -1) continue;
    const calls = [root];
    while (calls.length > 0) {
      const place = calls.at(-1) ?? root;
      if (order[place] === -1) {
        order[place] = visited;
        low[place] = visited;
        visited += 1;
        path.push(place);
      }
      const edge = leaving[place]?.[nextEdge[place] ?? 0];
      if (edge !== undefined) {
        nextEdge[place] = (nextEdge[place] ?? 0) + 1;
        if (order[edge.to] === -1) calls.push(edge.to);
        else if (knotOf[edge.to] === -1) low[place] = Math.min(low[place] ?? 0, order[edge.to] ?? 0);
        continue;
      }
      calls.pop();
      const caller = calls.at(-1);
      if (caller !== undefined) low[caller] = Math.min(low[caller] ?? 0, low[place] ?? 0);
      if (low[place] !== order[place]) continue;
      for (let member = path.pop(); member !== undefined; member = path.pop()) {
        knotOf[member] = place;
        if (member === place) break;
      }
    }
  }
  return knotOf;
}
