/** Specs that follow each other, and which of them is in force where. */
import { Cluster, hashOf } from './cluster.js';
import type { SpecWish } from './specs.js';

export const first: SpecWish = { groups: { web: { prefer: ['n1'] } } };
export const second: SpecWish = { groups: { web: { prefer: ['n1'] }, db: { prefer: ['n2'] } } };
export const third: SpecWish = { groups: { web: { prefer: ['n1'] }, mail: { prefer: ['n3'] } } };
export const fourth: SpecWish = { groups: { web: { prefer: ['n2'] } } };
/** The nodes. */
export const names = ['n1', 'n2', 'n3'];

/** A cluster whose one group runs by the first spec. */
export function begun(): Cluster {
  const cluster = Cluster.begin(first);
  cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  cluster.run(300);
  return cluster;
}

/** Generations and beginnings of hashes in force, by node; one line when all agree. */
export function inForce(cluster: Cluster): string[] {
  const said = names.flatMap((name) => {
    const { mind } = cluster.host(name);
    return mind === null ? [] : [`${mind.revisions.inForce.generation} ${mind.revisions.inForce.hash}`];
  });
  return [...new Set(said)];
}

/** Kinds of a node's conditions. */
export function conditions(cluster: Cluster, name: string): string[] {
  return [...cluster.mind(name).conditions.values()].map((each) => each.kind);
}

/** What {@link inForce} gives when all have this spec under this generation. */
export const is = (generation: number, wish: SpecWish) => [`${generation} ${hashOf(JSON.stringify(wish))}`];
