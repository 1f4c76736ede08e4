import { expect, it } from 'vitest';
import { isCarried } from '../../src/reconciler/carried.js';
import { deviceFor, FencedCluster, specOfFenced } from './fenced-cluster.js';
import type { SpecWish } from './specs.js';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];

/** The owner n1 does not vote. */
function wish(voters: readonly string[]): SpecWish {
  const { nodes: _, ...rest } = specOfFenced({ nodes: NODES, devices: [deviceFor('pdu', NODES)] });
  return {
    ...rest,
    groups: { db: { exclusive: 'fencing', prefer: ['n1'] } },
    nodes: Object.fromEntries(NODES.map((node) => [node, { votes: voters.includes(node) }])),
  };
}

function settle(cluster: FencedCluster, voters: readonly string[], among: readonly string[] = NODES): void {
  cluster.until(
    `all count ${voters.join(' ')}`,
    () =>
      among.every((name) => {
        const { mind } = cluster.host(name);
        return mind === null || mind.voters.kept.line.sets.map((set) => set.join(' ')).join(', ') === voters.join(' ');
      }),
    30_000,
  );
}

/** n1 owns db, and n4, by which it did, does not vote any more; then its disk dies, and it comes back empty, as the documents say. It is to vote again, beside n6, and the owner reaches the present voters only. */
function withEmptyVoter(): FencedCluster {
  const cluster = new FencedCluster();
  cluster.onFence = (by, request) => cluster.fence(by, request);
  cluster.beginAll(wish(['n2', 'n3', 'n4']));
  cluster.runs('db', 'n1');
  cluster.run(2000);
  cluster.powerOff('n4');
  cluster.host('n4').kept.clear();
  cluster.edit('n2', wish(['n2', 'n3', 'n5']));
  settle(cluster, ['n2', 'n3', 'n5']);
  cluster.start('n4', wish(['n2', 'n3', 'n5']));
  cluster.run(5000);
  settle(cluster, ['n2', 'n3', 'n5']);
  expect(cluster.whereRuns('db')).toEqual(['n1']);
  expect(cluster.mind('n4').voter.promises.size).toBe(0);
  for (const name of ['n4', 'n6']) cluster.cut.add(`n1>${name}`).add(`${name}>n1`);
  cluster.run(2000);
  cluster.edit('n2', wish(['n3', 'n4', 'n6']));
  cluster.until('n1 counts both sets', () => cluster.mind('n1').voters.kept.line.sets.length === 2, 30_000);
  return cluster;
}

it('R12 R14 a voter that was set up anew while it did not vote is not taken to know what it knew before', () => {
  const cluster = withEmptyVoter();
  const isKnown = (name: string) => cluster.mind(name).voter.promises.has('db');
  expect({ n3: isKnown('n3'), n4: isKnown('n4'), n6: isKnown('n6') }).toEqual({ n3: true, n4: false, n6: false });
  expect(isCarried(cluster.mind('n1'))).toBe(false);
});

it('R12 R14 S1 by such a voter nobody is granted what a machine that stands still may still run', () => {
  const cluster = withEmptyVoter();
  // A heartbeat later n1 stands still as a whole, with what runs on it: no clock of it says anything any more.
  cluster.run(250);
  cluster.host('n1').kill();
  // Its device does not answer.
  cluster.fail('pdu off n1', 1000);
  cluster.run(10_000);
  // The voter that knows of it is cut off.
  cluster.isolate('n3');
  // All others start again at once, as at an upgrade: what was gossiped is gone, what the voters keep is what counts.
  const left = ['n2', 'n4', 'n5', 'n6'];
  for (const name of left) cluster.host(name).kill();
  cluster.run(100);
  for (const name of left) cluster.start(name);
  cluster.run(60_000);
  expect(cluster.mind('n4').voters.kept.line.sets).toHaveLength(2);
  expect(cluster.whereRuns('db')).toEqual(['n1']);
});
