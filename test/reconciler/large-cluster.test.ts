import { expect, it } from 'vitest';
import { liveness } from '../../src/reconciler/observe.js';
import { Cluster } from './cluster.js';

/** Three voters and so many workers that not every step looks at every peer. */
function large(): Cluster {
  const workers = Array.from({ length: 66 }, (_, index) => [`w${10 + index}`, { role: 'worker' as const }] as const);
  return Cluster.begin({ nodes: { n1: {}, n2: {}, n3: {}, ...Object.fromEntries(workers) }, groups: { web: {} } });
}

it('a plan that could not be made is asked for again, though nothing changes any more', () => {
  const idle = Array.from({ length: 600 }, (_, index) => [`g${index}`, { members: [], desired: 'stopped' as const }]);
  const cluster = Cluster.begin({ groups: { web: { prefer: ['n1'] }, ...Object.fromEntries(idle) } });
  cluster.until('web runs', () => cluster.whereRuns('web').join() === 'n1');
  cluster.threadless.add('n2').add('n3');
  cluster.host('n1').reset();
  cluster.run(10_000);
  expect(cluster.whereRuns('web')).toEqual([]);
  cluster.threadless.clear();
  cluster.until('web runs elsewhere', () => cluster.whereRuns('web').length === 1, 2000);
});

it('a large cluster looks at its peers now and then, and misses none', () => {
  const cluster = large();
  cluster.until('web runs', () => cluster.whereRuns('web').length === 1);
  cluster.run(500);
  const mind = cluster.mind('n1');
  expect(liveness(mind, 'w10', cluster.nowMs)).toBe('online');

  const looks = new Set<number>();
  for (let i = 0; i < 200; i++) {
    cluster.run(1);
    looks.add(mind.lookedAtMs);
  }
  // Again and again, and far less often than a heartbeat of a worker comes.
  expect(looks.size).toBeGreaterThan(1);
  expect(looks.size).toBeLessThan(7);

  cluster.host('w10').kill();
  cluster.run(1000 + 200 + 50);
  expect(mind.planFor?.observed.nodes.find(({ node }) => node === 'w10')?.liveness).toBe('offline');
});
