import { expect, it } from 'vitest';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

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

it('so does one that is raised while a reload is under way', () => {
  const wish = (level: string, stopMs: number): SpecWish => {
    const timeouts = { startMs: 5000, stopMs, monitorMs: 500 };
    return {
      groups: { app: { prefer: ['n1'], stopBudgetMs: stopMs } },
      resources: { app: { type: 'ocf:test:app', params: { level }, timeouts } },
    };
  };
  const cluster = Cluster.begin(wish('1', 300));
  const host = cluster.host('n1');
  host.reloadable.add('level');
  host.behaviours.set('reload:app', { takesMs: 1000 });
  cluster.until('app runs', () => cluster.whereRuns('app').join() === 'n1');
  cluster.edit('n1', wish('2', 300));
  cluster.until('the reload began', () => host.calls.includes('reload app'));
  cluster.edit('n1', wish('2', 3000));
  cluster.run(5000);
  expect(cluster.mind('n1').lives.get('app')?.running).toMatchObject({
    params: { level: '2' },
    timeouts: { stopMs: 3000 },
  });
});
