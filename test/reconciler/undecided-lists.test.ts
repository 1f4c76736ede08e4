/** New lists of a lease on which the two voters that answer do not agree, and the third one is gone. */
import { expect, it } from 'vitest';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import { Cluster } from './cluster.js';
import type { GroupWish, SpecWish } from './specs.js';

const SLOW = { timeouts: { startMs: 1000, stopMs: 3000, monitorMs: 500 } };

/** Members of `web`, which belongs on n1, and of `db`, which belongs on n3; and `a`, which is of `web`. */
function wish(options: {
  readonly web: readonly string[];
  readonly db: readonly string[];
  readonly more?: GroupWish;
  readonly a?: Partial<ResourceSpec>;
}): SpecWish {
  const { web, db, more, a = {} } = options;
  const stopBudgetMs = a.timeouts?.stopMs ?? 500;
  return {
    groups: { web: { members: web, require: ['n1'], stopBudgetMs }, db: { members: db, require: ['n3'], ...more } },
    resources: { a },
  };
}

/** `r` ran on n3 by the votes of n2 and n3, n1 heard nothing of it; it is added to `web` when n3 is gone, and n2 refuses that. */
function refusedByOne(options: { readonly wallAheadMs: number; readonly more?: GroupWish }): Cluster {
  const { wallAheadMs, more = {} } = options;
  const cluster = Cluster.begin(wish({ web: ['a'], db: ['r', 'x'], more: { ...more, desired: 'stopped' } }));
  cluster.until('a runs', () => cluster.whereRuns('a').join() === 'n1');
  cluster.cut.add('n1>n3').add('n3>n1');
  cluster.run(3000);
  cluster.wallSetByMs = wallAheadMs;
  cluster.edit('n2', wish({ web: ['a'], db: ['r', 'x'], more }));
  cluster.until('r runs', () => cluster.whereRuns('r').join() === 'n3');
  cluster.run(1000);
  cluster.wallSetByMs = 0;
  cluster.host('n3').reset();
  cluster.isolate('n3');
  cluster.run(5000);
  cluster.edit('n1', wish({ web: ['a', 'r'], db: ['x'], more }));
  cluster.until('n1 has it', () => cluster.mind('n1').spec.groups.some(({ members }) => members.join() === 'a,r'));
  return cluster;
}

it('R11 one that a voter refuses for its epoch alone is asked for under a newer one, though the voter that would decide is gone', () => {
  const cluster = refusedByOne({ wallAheadMs: 3_600_000 });
  cluster.until('r runs on n1', () => cluster.whereRuns('r').join() === 'n1');
});

it('R3 one that waits for a fence keeps nothing else of the lease from a longer stop budget, and from being started again', () => {
  const cluster = refusedByOne({ wallAheadMs: 0, more: { exclusive: 'fencing' } });
  cluster.run(5000);
  const { holder } = cluster.mind('n1');
  expect(holder.held.get('web')).toMatchObject({ resources: ['a'], amendment: { resources: ['a', 'r'] } });
  const params = { port: '2' };
  cluster.edit('n1', wish({ web: ['a', 'r'], db: ['x'], more: { exclusive: 'fencing' }, a: { ...SLOW, params } }));
  cluster.until(
    'a is started again',
    () => cluster.host('n1').runningWith.get('a')?.has(JSON.stringify(params)) === true,
  );
  expect(holder.held.get('web')).toMatchObject({ stopBudgetMs: 3000, promisedBudgetMs: 3000, resources: ['a'] });
  expect(cluster.whereRuns('r')).toEqual([]);
});

it('L1 two that add one resource, by revisions that were written at once, do not keep each other from it', () => {
  const groups = (g1: readonly string[], g2: readonly string[]): SpecWish => ({
    groups: { g1: { members: g1, require: ['n1'] }, g2: { members: g2, require: ['n2'] } },
  });
  const cluster = Cluster.begin(groups(['a'], ['b']));
  cluster.until('both run', () => cluster.whereRuns('a').join() === 'n1' && cluster.whereRuns('b').join() === 'n2');
  cluster.run(1000);
  cluster.host('n3').reset();
  cluster.isolate('n3');
  cluster.run(3000);
  cluster.cut.add('n1>n2').add('n2>n1');
  cluster.edit('n1', groups(['a', 'r'], ['b']));
  cluster.edit('n2', groups(['a'], ['b', 'r']));
  cluster.run(300);
  for (const way of ['n1>n2', 'n2>n1']) cluster.cut.delete(way);
  cluster.until('r runs', () => cluster.whereRuns('r').length === 1);
});

it('L1 a voter that was cut off while a resource left a lease renews what is left of that', () => {
  const groups = (web: readonly string[], db: readonly string[]): SpecWish => ({
    nodes: { n1: {}, n2: {}, n3: {}, n4: { role: 'worker' } },
    groups: { web: { members: web, require: ['n1'] }, db: { members: db, require: ['n4'] } },
  });
  const cluster = Cluster.begin(groups(['a', 'r'], ['x']));
  cluster.until('all run', () => ['a', 'r', 'x'].every((each) => cluster.whereRuns(each).length === 1));
  cluster.run(1000);
  cluster.cut.add('n1>n3').add('n3>n1');
  cluster.run(3000);
  cluster.edit('n2', groups(['a'], ['r', 'x']));
  cluster.until('r runs on n4', () => cluster.whereRuns('r').join() === 'n4');
  cluster.run(1000);
  cluster.cut.clear();
  cluster.run(1000);
  cluster.host('n2').reset();
  cluster.run(5000);
  expect(cluster.host('n1').calls.filter((call) => /^(start|stop|kill) a/.test(call))).toEqual(['start a']);
});
