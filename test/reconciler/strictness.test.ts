import { expect, it } from 'vitest';
import type { GroupSpec, NodeSpec } from '../../src/model/cluster-spec.js';
import { deviceFor, FencedCluster, specOfFenced } from './fenced-cluster.js';
import type { SpecWish } from './specs.js';

const NODES = ['n1', 'n2', 'n3'];

function wish(
  exclusive: GroupSpec['exclusive'],
  state: NodeSpec['state'],
  group: Partial<SpecWish['groups'][string]> = {},
): SpecWish {
  return {
    ...specOfFenced({ nodes: NODES, devices: [deviceFor('pdu', NODES)] }),
    nodes: { n1: { state }, n2: {}, n3: {} },
    groups: { db: { exclusive, prefer: ['n1'], ...group } },
  };
}

function begin(): FencedCluster {
  const cluster = new FencedCluster();
  cluster.onFence = (by, request) => cluster.fence(by, request);
  cluster.beginAll(wish('lease', 'active'));
  cluster.runs('db', 'n1');
  cluster.run(2000);
  return cluster;
}

/** n1 stands still as a whole, its device does not answer, and the others start again, so that only the voters' promises keep db from them. */
function standsStill(cluster: FencedCluster): void {
  cluster.fail('pdu off n1', 1000);
  cluster.host('n1').kill();
  for (const name of ['n2', 'n3']) cluster.host(name).kill();
  cluster.run(100);
  for (const name of ['n2', 'n3']) cluster.start(name);
  cluster.run(60_000);
}

it('R14 S1 a group that needs fencing by an edit is told to the voters, which keep it for who has it', () => {
  const cluster = begin();
  cluster.edit('n2', wish('fencing', 'active'));
  cluster.run(3000);
  standsStill(cluster);
  expect(cluster.whereRuns('db')).toEqual(['n1']);
});

it('R14 S1 in maintenance too', () => {
  const cluster = begin();
  cluster.edit('n2', wish('fencing', 'maintenance'));
  cluster.run(3000);
  expect(cluster.mind('n2').voter.promises.get('db')?.needsFencing).toBe(true);
  standsStill(cluster);
  expect(cluster.whereRuns('db')).toEqual(['n1']);
});

it('R14 S1 and while a planned stop is under way', () => {
  const cluster = begin();
  cluster.host('n1').behaviours.set('stop:db', { never: true });
  cluster.edit('n2', wish('lease', 'standby'));
  cluster.until('db stops', () => cluster.mind('n1').holder.held.get('db')?.state === 'stop');
  cluster.edit('n2', wish('fencing', 'standby'));
  cluster.run(250);
  expect(cluster.mind('n1').holder.held.get('db')?.state).toBe('stop');
  expect(cluster.mind('n2').voter.promises.get('db')?.needsFencing).toBe(true);
  standsStill(cluster);
  expect(cluster.whereRuns('db')).toEqual(['n1']);
});

it('R14 S1 and of what left the group, as long as it runs', () => {
  const cluster = new FencedCluster();
  cluster.onFence = (by, request) => cluster.fence(by, request);
  const fencing = { exclusive: 'fencing' } as const;
  const moved = (groups: SpecWish['groups']): SpecWish => ({
    ...wish('lease', 'active'),
    groups,
    resources: { b: fencing },
  });
  const first = moved({ db: { members: ['a', 'b'], prefer: ['n1'], ...fencing }, web: { require: ['n2'] } });
  cluster.beginAll(first);
  cluster.runs('b', 'n1');
  cluster.host('n1').behaviours.set('stop:b', { never: true });
  cluster.edit(
    'n2',
    moved({ db: { members: ['a'], prefer: ['n1'] }, web: { members: ['web', 'b'], require: ['n2'], ...fencing } }),
  );
  cluster.until('b stops', () => cluster.mind('n1').lives.get('b')?.state === 'stopping');
  cluster.run(300);
  // Of what does not need fencing two may run where a machine stands still.
  cluster.mayHaveTwo = true;
  standsStill(cluster);
  expect(cluster.whereRuns('b')).toEqual(['n1']);
});

it('R14 S1 and by a daemon that starts again with an earlier revision, which hears of the newer one first', () => {
  const cluster = begin();
  const { kept } = cluster.host('n1');
  const revision = kept.get('revision.json');
  cluster.edit('n2', wish('fencing', 'active'));
  cluster.run(3000);
  cluster.host('n1').kill();
  if (revision === undefined) kept.delete('revision.json');
  else kept.set('revision.json', revision);
  for (const way of ['n2>n1', 'n3>n1']) cluster.lateRecords.set(way, 300);
  cluster.start('n1', wish('lease', 'active'));
  cluster.run(250);
  expect(cluster.mind('n2').voter.promises.get('db')?.needsFencing).toBe(true);
  standsStill(cluster);
  expect(cluster.whereRuns('db')).toEqual(['n1']);
});

it('R14 is so no more by an edit', () => {
  const cluster = begin();
  cluster.edit('n2', wish('fencing', 'active'));
  cluster.run(3000);
  cluster.edit('n2', wish('lease', 'active'));
  cluster.run(3000);
  expect(cluster.mind('n2').voter.promises.get('db')?.needsFencing).toBe(false);
});
