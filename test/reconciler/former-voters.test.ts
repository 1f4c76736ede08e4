/** What needs fencing and a voter promised: it was handed over since, and that voter does not vote any more, or was cut off. */
import { expect, it } from 'vitest';
import { describeFencing } from '../../src/reconciler/fencing-report.js';
import { deviceFor, FencedCluster, specOfFenced } from './fenced-cluster.js';
import type { SpecWish } from './specs.js';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];

function wish(voters: readonly string[], owner: string, nodes: readonly string[] = NODES): SpecWish {
  return {
    ...specOfFenced({ nodes, devices: [deviceFor('pdu', nodes)] }),
    groups: { db: { exclusive: 'fencing', require: [owner] } },
    nodes: Object.fromEntries(nodes.map((node) => [node, { votes: voters.includes(node) }])),
  };
}

/** n1 owned db by n2, n3 and n4; then n5 votes instead of n4, and db goes to n3. */
function handedOver(): FencedCluster {
  const cluster = new FencedCluster();
  cluster.onFence = (by, request) => cluster.fence(by, request);
  cluster.beginAll(wish(['n2', 'n3', 'n4'], 'n1'));
  cluster.runs('db', 'n1');
  cluster.run(2000);
  expect(cluster.mind('n4').voter.promises.get('db')?.needsFencing).toBe(true);
  cluster.edit('n2', wish(['n2', 'n3', 'n5'], 'n1'));
  cluster.until('n4 does not vote', () => !cluster.mind('n4').voter.isVoting, 30_000);
  cluster.run(3000);
  cluster.edit('n2', wish(['n2', 'n3', 'n5'], 'n3'));
  cluster.runs('db', 'n3');
  cluster.run(3000);
  return cluster;
}

it('S12 nobody is fenced by a former voter for what it gave up since', () => {
  const cluster = handedOver();
  cluster.powerOff('n1');
  cluster.run(20_000);
  expect(cluster.fences).toEqual([]);
});

it('R14 of a node that left and was taken out a former voter tells nothing', () => {
  const cluster = handedOver();
  cluster.put('n1', { kind: 'leave' });
  cluster.until('n1 has left', () => cluster.host('n1').hasLeft);
  cluster.edit('n2', wish(['n2', 'n3', 'n5'], 'n3', ['n2', 'n3', 'n4', 'n5']));
  cluster.until('it is taken out', () => !cluster.mind('n4').index.nodes.has('n1'));
  cluster.run(3000);
  const told = NODES.slice(1).flatMap((name) => describeFencing(cluster.mind(name), cluster.nowMs));
  expect(told).toEqual([]);
});

it('R12 a former voter that votes again does not stand by what was given up since', () => {
  const cluster = handedOver();
  for (const name of ['n1', 'n4']) cluster.isolate(name);
  cluster.edit('n2', wish(['n2', 'n3', 'n5'], 'n3', ['n2', 'n3', 'n4', 'n5']));
  cluster.run(3000);
  cluster.host('n4').kill();
  cluster.start('n4');
  for (const way of [...cluster.cut]) if (!way.includes('n1')) cluster.cut.delete(way);
  cluster.run(3000);
  const counts = (voters: string) => cluster.mind('n4').voters.kept.line.sets.map(String).join(' ') === voters;
  cluster.edit('n2', wish(['n3', 'n4', 'n5'], 'n3', ['n2', 'n3', 'n4', 'n5']));
  cluster.until('n4 votes again', () => counts('n3,n4,n5'), 30_000);
  cluster.run(3000);
  expect(cluster.mind('n4').voter.promises.get('db')?.node).toBe('n3');
  cluster.edit('n3', wish(['n2', 'n3', 'n4'], 'n3', ['n2', 'n3', 'n4', 'n5']));
  cluster.until('the voters change again', () => counts('n2,n3,n4'), 30_000);
});

it('S12 nobody is fenced who left in order while a voter was cut off, and that voter knows that it holds nothing', () => {
  const cluster = new FencedCluster();
  cluster.onFence = (by, request) => cluster.fence(by, request);
  cluster.beginAll(wish(['n2', 'n3', 'n4'], 'n1'));
  cluster.runs('db', 'n1');
  cluster.run(2000);
  cluster.isolate('n4');
  cluster.edit('n2', wish(['n2', 'n3', 'n4'], 'n3'));
  cluster.runs('db', 'n3');
  cluster.put('n1', { kind: 'leave' });
  cluster.until('n1 has left', () => cluster.host('n1').hasLeft);
  cluster.run(3000);
  cluster.cut.clear();
  cluster.run(10_000);
  expect(cluster.fences).toEqual([]);
  expect(cluster.mind('n4').voter.promises.get('db')?.node).toBe('n3');
  expect(cluster.whereRuns('db')).toEqual(['n3']);
});
