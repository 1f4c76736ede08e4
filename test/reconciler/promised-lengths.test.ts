import { describe, expect, it } from 'vitest';
import { longestOf, withPresent } from '../../src/reconciler/promised-lengths.js';
import { Cluster } from './cluster.js';

const HOUR_MS = 3_600_000;

const short = { leaseMs: 1000, stopBudgetMs: 500 };
const long = { leaseMs: 60_000, stopBudgetMs: 200 };

describe('R7 for how long a voter may have promised', () => {
  it('counts what is in force, without an end', () => {
    const all = withPresent([], short, 5);
    expect(withPresent(all, short, 9 * HOUR_MS)).toBe(all);
    expect(longestOf(all, 9 * HOUR_MS)).toEqual(short);
  });

  it('counts what was in force for an hour more, however long that was', () => {
    const all = withPresent(withPresent([], long, 5), short, 9 * HOUR_MS);
    expect(longestOf(all, 10 * HOUR_MS)).toEqual({ leaseMs: 60_000, stopBudgetMs: 500 });
    expect(longestOf(all, 10 * HOUR_MS + 1)).toEqual(short);
  });

  it('forgets what is over when there is something to keep', () => {
    const all = withPresent(withPresent([], long, 0), short, 0);
    const other = { leaseMs: 2000, stopBudgetMs: 500 };
    expect(withPresent(all, other, HOUR_MS).map((each) => each.leaseMs)).toEqual([1000, 2000]);
    expect(withPresent(all, other, HOUR_MS - 1).map((each) => each.leaseMs)).toEqual([60_000, 1000, 2000]);
  });

  it('names what comes back once', () => {
    const all = withPresent(withPresent(withPresent([], long, 0), short, 1), long, 2);
    expect(all).toEqual([
      { ...short, untilWallMs: HOUR_MS + 2 },
      { ...long, untilWallMs: HOUR_MS + 2 },
    ]);
  });

  it('keeps sixteen at the most, the newest', () => {
    let all = withPresent([], long, 0);
    for (let leaseMs = 1; leaseMs <= 20; leaseMs++) all = withPresent(all, { leaseMs, stopBudgetMs: 0 }, leaseMs);
    expect(all.map((each) => each.leaseMs)).toEqual(Array.from({ length: 16 }, (_, index) => index + 5));
  });

  it('is none where nothing is known', () => {
    expect(longestOf([])).toEqual({ leaseMs: 0, stopBudgetMs: 0 });
  });
});

it('R7 lengths are kept when they change, and not again while time passes', () => {
  const cluster = Cluster.begin({ groups: { web: {} } });
  cluster.until('web runs', () => cluster.whereRuns('web').length > 0);
  const { kept } = cluster.host('n1');
  expect(JSON.parse(kept.get('promises.json') ?? '')).toMatchObject([{ leaseMs: 1000 }]);
  kept.delete('promises.json');
  cluster.run(5000);
  expect(kept.has('promises.json')).toBe(false);
});

it('R7 keeps for how long an ack counts also for a node that comes back with a longer lease, of which nothing is left by then', () => {
  const wish = (leaseMs: number, stopBudgetMs: number) => ({
    leaseMs,
    groups: { web: { prefer: ['n1'], stopBudgetMs } },
  });
  const cluster = Cluster.begin(wish(10_000, 500));
  cluster.until('web runs', () => cluster.whereRuns('web').join() === 'n1');
  const keptMs = () => longestOf(JSON.parse(cluster.host('n1').kept.get('promises.json') ?? '[]')).leaseMs;
  cluster.isolate('n3');
  cluster.edit('n1', wish(1000, 500));
  cluster.run(15_000);
  cluster.edit('n1', wish(1000, 600));
  cluster.run(1000);
  cluster.wallSetByMs = 2 * HOUR_MS;
  cluster.edit('n1', wish(1000, 700));
  cluster.run(1000);
  expect(keptMs()).toBe(1000);
  for (const way of ['n1>n3', 'n2>n3']) cluster.lateRecords.set(way, 5000);
  cluster.cut.clear();
  cluster.until(
    'n3 is answered',
    () => (cluster.mind('n3').holder.contacts.get('n1')?.ackUntilMs ?? 0) > cluster.nowMs,
  );
  expect(cluster.mind('n3').holder.leaseMs).toBe(10_000);
  expect(keptMs()).toBe(10_000);
});
