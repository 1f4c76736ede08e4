/** Edits that change what a stop may take while the group is held. No member here has a kill path: promises have to wait for its stop. */
import { describe, expect, it } from 'vitest';
import type { ResourceSpec } from '../../src/model/cluster-spec.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

/** Stops within 3 s. */
const slow: Partial<ResourceSpec> = { timeouts: { startMs: 1000, stopMs: 3000, monitorMs: 500 } };
/** Stops within 300 ms. */
const quick: Partial<ResourceSpec> = { timeouts: { startMs: 1000, stopMs: 300, monitorMs: 500 } };

/** Groups that prefer n1, each with its members and its budget; `resources` as in {@link SpecWish}. */
function wish(
  groups: Readonly<Record<string, readonly [members: readonly string[], stopBudgetMs: number]>>,
  resources: SpecWish['resources'] = {},
): SpecWish {
  const each = Object.entries(groups).map(([id, [members, stopBudgetMs]]) => {
    return [id, { members, prefer: ['n1'], stopBudgetMs }] as const;
  });
  return { groups: Object.fromEntries(each), resources };
}

const runsOnFirst = (cluster: Cluster, resource: string) =>
  cluster.until(`${resource} runs on n1`, () => cluster.whereRuns(resource).join() === 'n1');

/** n1 has an edit for long. */
function edit(cluster: Cluster, to: SpecWish): void {
  cluster.edit('n1', to);
  cluster.until('all have it', () =>
    [...cluster.hosts.values()].every(({ mind }) => mind?.revisions.inForce.generation === 2),
  );
  cluster.run(5000);
}

/** n1 is cut off while a stop takes almost as long as it may. Returns for how long the resource ran twice; the cluster itself looks at what is kept by lease. */
function cutOff(cluster: Cluster, resource: string): number {
  cluster.host('n1').behaviours.set(`stop:${resource}`, { takesMs: 2500 });
  cluster.isolate('n1');
  let twiceMs = 0;
  for (let i = 0; i < 1000; i++) {
    cluster.run(10);
    if (cluster.whereRuns(resource).length > 1) twiceMs += 10;
  }
  expect(cluster.whereRuns(resource)).toHaveLength(1);
  return twiceMs;
}

const lease = (cluster: Cluster, key: string) => {
  const { stopBudgetMs, promisedBudgetMs } = cluster.mind('n1').holder.held.get(key) ?? {};
  const promised = cluster.mind('n2').voter.promises.get(key)?.stopBudgetMs;
  return { stopBudgetMs, promisedBudgetMs, promised };
};

describe('S1 what stops more slowly than its group did is down before another node starts it', () => {
  it('a member that is added', () => {
    const cluster = Cluster.begin(wish({ web: [['a'], 300] }));
    runsOnFirst(cluster, 'a');
    edit(cluster, wish({ web: [['a', 'b'], 3300] }, { b: slow }));
    expect(cluster.whereRuns('b')).toEqual(['n1']);
    expect(cutOff(cluster, 'b')).toBe(0);
  });

  it('a resource that moves into it and runs on', () => {
    const cluster = Cluster.begin(wish({ db: [['b', 'c'], 3300], web: [['a'], 300] }, { b: slow }));
    runsOnFirst(cluster, 'a');
    runsOnFirst(cluster, 'b');
    edit(cluster, wish({ db: [['c'], 300], web: [['a', 'b'], 3300] }, { b: slow }));
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3300, promisedBudgetMs: 3300, promised: 3300 });
    expect(lease(cluster, 'db')).toMatchObject({ stopBudgetMs: 300, promisedBudgetMs: 300 });
    expect(cutOff(cluster, 'b')).toBe(0);
  });

  it('a stricter member of what a provider kept', () => {
    const eip = { exclusive: 'provider' } as const;
    const provided = wish({ web: [['eip'], 3300] }, { eip });
    const cluster = Cluster.begin({
      ...provided,
      groups: { web: { members: ['eip'], prefer: ['n1'], stopBudgetMs: 3300, exclusive: 'provider' } },
    });
    runsOnFirst(cluster, 'eip');
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3300, promisedBudgetMs: 0, promised: 0 });
    edit(cluster, wish({ web: [['eip', 'db'], 3300] }, { eip, db: slow }));
    expect(cluster.whereRuns('db')).toEqual(['n1']);
    // Of the address two may run for a moment.
    cluster.mayHaveTwo = true;
    expect(cutOff(cluster, 'db')).toBe(0);
  });

  it('a member that is started again by the new definition', () => {
    const cluster = Cluster.begin(wish({ web: [['a'], 300] }, { a: quick }));
    runsOnFirst(cluster, 'a');
    edit(cluster, wish({ web: [['a'], 3000] }, { a: { ...slow, params: { port: '2' } } }));
    expect(cluster.mind('n1').lives.get('a')?.running?.timeouts.stopMs).toBe(3000);
    expect(cutOff(cluster, 'a')).toBe(0);
  });

  it('what is stopped by the very edit that gives its stop more time', () => {
    const cluster = Cluster.begin(wish({ web: [['a'], 300] }, { a: quick }));
    runsOnFirst(cluster, 'a');
    cluster.host('n1').behaviours.set('stop:a', { takesMs: 2500 });
    const nodes = { n1: { state: 'standby' }, n2: {}, n3: {} } as const;
    cluster.edit('n1', { ...wish({ web: [['a'], 3000] }, { a: slow }), nodes });
    cluster.until('a stops', () => cluster.mind('n1').lives.get('a')?.state === 'stopping');
    cluster.run(100);
    expect(cluster.mind('n1').holder.held.get('web')?.state).toBe('stop');
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3000, promisedBudgetMs: 3000, promised: 3000 });
    expect(cutOff(cluster, 'a')).toBe(0);
  });

  it('a control: claimed under the longer budget', () => {
    const cluster = Cluster.begin(wish({ web: [['a'], 3000] }, { a: slow }));
    runsOnFirst(cluster, 'a');
    expect(cutOff(cluster, 'a')).toBe(0);
  });
});

describe('R3 a budget that becomes shorter', () => {
  it('is said to the voters', () => {
    const cluster = Cluster.begin(wish({ web: [['a'], 2000] }, { a: quick }));
    runsOnFirst(cluster, 'a');
    edit(cluster, wish({ web: [['a'], 700] }, { a: quick }));
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 700, promisedBudgetMs: 700, promised: 700 });
  });

  it('S1 stays as it is while a member of another type, which may take longer, is being stopped', () => {
    const cluster = Cluster.begin(wish({ web: [['a'], 3000] }, { a: slow }));
    runsOnFirst(cluster, 'a');
    cluster.host('n1').behaviours.set('stop:a', { takesMs: 2500 });
    cluster.edit('n1', wish({ web: [['a'], 300] }, { a: { ...quick, type: 'lsb:a' } }));
    cluster.until('a stops', () => cluster.mind('n1').lives.get('a')?.state === 'stopping');
    cluster.run(1000);
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3000, promisedBudgetMs: 3000, promised: 3000 });
    cluster.until('a is down', () => cluster.whereRuns('a').length === 0);
    cluster.run(5000);
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 300, promisedBudgetMs: 300, promised: 300 });
  });

  it('S1 waits for the stop of what left the group', () => {
    const cluster = Cluster.begin(wish({ web: [['a', 'b'], 3300] }, { b: slow }));
    runsOnFirst(cluster, 'b');
    cluster.host('n1').behaviours.set('stop:b', { takesMs: 2500 });
    cluster.edit('n1', wish({ web: [['a'], 300] }));
    cluster.until('b stops', () => cluster.mind('n1').lives.get('b')?.state === 'stopping');
    cluster.run(1000);
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3300, promisedBudgetMs: 3300, promised: 3300 });
    cluster.until('b is down', () => cluster.whereRuns('b').length === 0);
    cluster.run(5000);
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 300, promisedBudgetMs: 300, promised: 300 });
  });
});

it('S1 the budget stays as it is while nobody can look for something that the lease lists', () => {
  const cluster = Cluster.begin(wish({ web: [['a', 'b'], 3300] }, { b: slow }));
  runsOnFirst(cluster, 'b');
  const mind = cluster.mind('n1');
  cluster.edit('n1', wish({ web: [['a'], 300] }));
  cluster.until('n1 has it', () => mind.revisions.inForce.generation === 2);
  mind.lives.delete('b');
  mind.unaccounted.add('b');
  cluster.run(5000);
  expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3300, promisedBudgetMs: 3300, promised: 3300 });
});

it('S1 a group that becomes stricter in maintenance has its stop budget', () => {
  const cluster = Cluster.begin({
    groups: { web: { prefer: ['n1'], stopBudgetMs: 3000, exclusive: 'provider' } },
    resources: { web: { ...slow, exclusive: 'provider' } },
  });
  runsOnFirst(cluster, 'web');
  const nodes = { n1: { state: 'maintenance' }, n2: {}, n3: {} } as const;
  edit(cluster, { ...wish({ web: [['web'], 3000] }, { web: slow }), nodes });
  expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3000, promisedBudgetMs: 3000, promised: 3000 });
  expect(cutOff(cluster, 'web')).toBe(0);
});

it.each(['lease', 'fencing'] as const)(
  'S2 nothing starts while the budget that it needs is not in force: by %s',
  (exclusive) => {
    const cluster = Cluster.begin(wish({ web: [['a'], 300] }, { a: quick }));
    runsOnFirst(cluster, 'a');
    cluster.isolate('n1');
    const group = { members: ['a'], prefer: ['n1'], stopBudgetMs: 3000, exclusive };
    cluster.edit('n1', { groups: { web: group }, resources: { a: { ...slow, params: { port: '2' }, exclusive } } });
    cluster.until('a is stopped', () => cluster.whereRuns('a').length === 0);
    cluster.run(200);
    const { mind } = cluster.host('n1');
    expect([mind?.holder.held.get('web')?.state, mind?.lives.get('a')?.state]).toEqual(['own', 'stopped']);
    cluster.cut.clear();
    runsOnFirst(cluster, 'a');
    expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3000, promisedBudgetMs: 3000, promised: 3000 });
  },
);

it('R6 a restarted daemon goes on with the budgets in force', () => {
  const cluster = Cluster.begin(wish({ web: [['a'], 300] }));
  runsOnFirst(cluster, 'a');
  edit(cluster, wish({ web: [['a', 'b'], 3300] }, { b: slow }));
  cluster.host('n1').kill();
  cluster.start('n1');
  expect(lease(cluster, 'web')).toEqual({ stopBudgetMs: 3300, promisedBudgetMs: 3300, promised: 3300 });
});

it('under `ignore` voters that are silent for long take a longer budget like a claim, so that a member starts again', () => {
  const ignore = { onLoss: 'ignore' } as const;
  const cluster = Cluster.begin({ ...wish({ web: [['a'], 300] }, { a: quick }), quorum: ignore });
  runsOnFirst(cluster, 'a');
  cluster.mayHaveTwo = true;
  cluster.isolate('n1');
  cluster.run(10_000);
  cluster.edit('n1', { ...wish({ web: [['a', 'b'], 3300] }, { a: quick, b: slow }), quorum: ignore });
  cluster.until('b runs', () => cluster.whereRuns('b').includes('n1'));
  expect(lease(cluster, 'web')).toMatchObject({ stopBudgetMs: 3300, promisedBudgetMs: 3300 });
});
