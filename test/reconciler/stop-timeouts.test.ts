import { expect, it } from 'vitest';
import { Cluster } from './cluster.js';

it('a stop timeout that is raised counts for what runs already', () => {
  const group = { members: ['a'], prefer: ['n1'], stopBudgetMs: 3000 };
  const cluster = Cluster.begin({ groups: { web: { ...group, stopBudgetMs: 300 } } });
  cluster.until('a runs', () => cluster.whereRuns('a').join() === 'n1');
  cluster.host('n1').behaviours.set('stop:a', { takesMs: 2500 });
  const resources = { a: { timeouts: { startMs: 1000, stopMs: 3000, monitorMs: 500 } } };
  cluster.edit('n1', { groups: { web: group }, resources });
  cluster.run(5000);
  cluster.edit('n1', { groups: { web: { ...group, desired: 'stopped' } }, resources });
  cluster.run(10_000);
  expect(cluster.whereRuns('a')).toEqual([]);
  expect(cluster.mind('n1').lives.get('a')?.blocked).toBe(false);
});
