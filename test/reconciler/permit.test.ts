import { expect, it } from 'vitest';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const NODES = { n1: {} };
const RESOURCES = { slow: { timeouts: { startMs: 60_000, stopMs: 500, monitorMs: 500 } } };

/** One start at a time; `r` is known to be down. Of the one voter the own vote decides. */
const BEFORE: SpecWish = {
  nodes: NODES,
  groups: { web: { members: ['a'] }, slow: {}, spare: { members: ['r'], desired: 'stopped' } },
  resources: RESOURCES,
  startsPerNodeMax: 1,
};
/** Lets `a` start, and gives `r` to its group. */
const AFTER: SpecWish = { nodes: NODES, groups: { web: { members: ['a', 'r'] }, slow: {} }, resources: RESOURCES };

it('S2 a start has the epoch that its lease has when the step is over, in which the own vote may put a new list in force', () => {
  const cluster = Cluster.begin(BEFORE);
  const host = cluster.host('n1');
  cluster.until('both run', () => host.running.size === 2);
  cluster.run(1000);
  const { holder } = cluster.mind('n1');
  const epoch = () => holder.held.get('web')?.epoch ?? 0;
  const before = epoch();
  host.behaviours.set('start:slow', { takesMs: 50_000 });
  host.running.delete('slow');
  const isStarting = () => host.underWay.some(({ operation }) => operation.action === 'start');
  cluster.until('slow is starting again', isStarting, 60_000);
  host.running.delete('a');
  cluster.until('a is seen to be down', () => cluster.mind('n1').lives.get('a')?.state === 'stopped', 20_000);
  cluster.edit('n1', AFTER);
  cluster.until('a runs', () => host.running.has('a'));
  expect(host.running.has('slow')).toBe(false);
  expect(epoch()).toBeGreaterThan(before);
  cluster.until('r runs', () => host.running.has('r'));
});
