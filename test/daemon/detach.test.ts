import { expect, test } from 'vitest';
import { prepareDetach } from '../../src/daemon/detach.js';
import { Cluster } from '../reconciler/cluster.js';

const groups = { web: { prefer: ['n1'] } };

test('a node that was told to leave may be detached where its maintenance keeps it, and not while it hands over', async () => {
  const cluster = Cluster.begin({ groups });
  cluster.until('web runs on n1', () => cluster.whereRuns('web').join() === 'n1');
  const clock = {
    nowMs: () => cluster.nowMs,
    wallMs: () => cluster.time.wallMs,
    // Each look takes the cluster on.
    setTimer: (delayMs: number, callback: () => void) => {
      cluster.run(delayMs);
      callback();
      return { cancel: () => undefined };
    },
  };
  const detach = () => prepareDetach({ mind: cluster.mind('n1'), clock, isGuarded: true });
  cluster.edit('n1', { groups, nodes: { n1: { state: 'maintenance' }, n2: {}, n3: {} } });
  cluster.run(500);
  cluster.put('n1', { kind: 'leave' });
  expect(await detach()).toMatchObject({ ok: true });
  cluster.edit('n1', { groups });
  cluster.until('it stops', () => cluster.host('n1').calls.includes('stop web'));
  expect(await detach()).toEqual({ ok: false, why: 'this node hands everything over already; wait for its end' });
});
