import { HOLDERS } from './processes.js';
import type { WorldBounds } from './small-world.js';
import { SmallWorld } from './small-world.js';
import { StateTable } from './state-table.js';

/** What a search of everything that may happen came to. */
export interface Search {
  readonly states: number;
  /** In how many of them each node may run what the lease is for. */
  readonly owned: readonly number[];
  /** The steps of time within which every state is reached. */
  readonly time: number;
  /** A way to two owners in the shortest time, step by step; null when there is none. */
  readonly breach: readonly string[] | null;
}

/** Looks at every state that a small world can come to within some steps of time, soonest first, until two nodes may run what the lease is for. */
export function search(bounds: WorldBounds, timeMax: number): Search {
  const world = new SmallWorld(bounds);
  const table = new StateTable(SmallWorld.width);
  const owned = HOLDERS.map(() => 0);
  table.add(world.begin(), -1);
  for (let time = 0, from = 0; ; time++) {
    const first = from;
    for (; from < table.size; from++) {
      const row = table.row(from);
      const owners = [...HOLDERS.keys()].filter((node) => world.mayRun(row, node));
      if (owners.length > 1) return { states: table.size, owned, time, breach: wayTo(world, table, from) };
      for (const node of owners) owned[node] = (owned[node] ?? 0) + 1;
      world.nexts(row, (next) => table.add(next, from));
    }
    if (time === timeMax) return { states: table.size, owned, time, breach: null };
    for (let each = first; each < from; each++) table.add(world.later(table.row(each)), each);
    if (table.size === from) return { states: table.size, owned, time, breach: null };
  }
}

function wayTo(world: SmallWorld, table: StateTable, to: number): string[] {
  const way: string[] = [];
  for (let at = to; table.from(at) >= 0; at = table.from(at)) {
    const row = table.row(at).join();
    let found = 'time passes';
    world.nexts(table.row(table.from(at)), (next, step) => {
      if (next.join() === row) found = step();
    });
    way.push(found);
  }
  return way.reverse();
}
