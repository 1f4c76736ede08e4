import { describe, expect, it } from 'vitest';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { whyNotLeave } from '../../src/reconciler/leaving.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

const groups: SpecWish['groups'] = { web: { prefer: ['n1'] }, db: { prefer: ['n1'] } };
const maintained: SpecWish = { groups, nodes: { n1: { state: 'maintenance' }, n2: {}, n3: {} } };

/** A cluster whose groups run on n1. */
function running(): Cluster {
  const cluster = Cluster.begin({ groups });
  cluster.until('both run on n1', () => ['web', 'db'].every((group) => cluster.whereRuns(group).join() === 'n1'));
  cluster.run(500);
  return cluster;
}

/** A cluster whose n1 has left, some seconds later. */
function left(): Cluster {
  const cluster = running();
  cluster.put('n1', { kind: 'leave' });
  cluster.until('n1 has left', () => cluster.host('n1').hasLeft);
  cluster.host('n1').kill();
  cluster.run(3000);
  return cluster;
}

/** What status says of n1's leaving. */
function leavingOf(cluster: Cluster) {
  const { conditions } = describeMind(cluster.mind('n1'), cluster.time, '');
  return conditions.filter(({ kind }) => kind === 'leaving');
}

describe('a node that is told to leave', () => {
  const WHY =
    'n1 is in maintenance (test.yaml:1), in which nothing is stopped, and holds db, web: end the maintenance first, or run `fairlead detach`, which leaves them to a daemon that is back within the lease, else to the guard, which ends them';

  it('says what it still holds', () => {
    const cluster = running();
    cluster.host('n1').behaviours.set('stop:web', { takesMs: 250 });
    cluster.put('n1', { kind: 'leave' });
    cluster.run(200);
    expect(leavingOf(cluster)).toMatchObject([
      { severity: 'info', sentence: 'this node hands everything over and stops; it still holds web' },
    ]);
  });

  it('stays in maintenance with what it holds, says so once in its log and all the time in its status, and goes when the maintenance ends', () => {
    const cluster = running();
    cluster.edit('n1', maintained);
    cluster.run(500);
    cluster.put('n1', { kind: 'leave' });
    cluster.run(5000);
    const { said, hasLeft } = cluster.host('n1');
    expect(hasLeft).toBe(false);
    expect(cluster.whereRuns('web')).toEqual(['n1']);
    const sentence = `this node was told to leave and cannot yet: ${WHY}`;
    expect(leavingOf(cluster)).toMatchObject([{ severity: 'warning', sentence, ageMs: 5000 }]);
    expect(said.filter((each) => each.includes('cannot yet'))).toEqual([`warn: told to leave, and cannot yet: ${WHY}`]);
    cluster.edit('n1', { groups });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft);
    cluster.until('web runs elsewhere', () => cluster.whereRuns('web').length > 0);
  });

  it('is not kept by maintenance where it holds nothing', () => {
    const cluster = running();
    cluster.edit('n1', { groups, nodes: { n1: {}, n2: {}, n3: { state: 'maintenance' } } });
    cluster.run(500);
    expect(whyNotLeave(cluster.mind('n3'))).toBe(null);
    cluster.put('n3', { kind: 'leave' });
    cluster.until('n3 has left', () => cluster.host('n3').hasLeft);
  });

  it('says which failed stop keeps it, and goes when that is mended and retried', () => {
    const cluster = running();
    const { behaviours } = cluster.host('n1');
    behaviours.set('stop:web', { outcome: { kind: 'failed', reason: 'busy', class: 'soft', code: 1 } });
    cluster.put('n1', { kind: 'leave' });
    cluster.run(3000);
    expect(leavingOf(cluster)).toMatchObject([
      {
        severity: 'warning',
        sentence:
          'this node was told to leave and cannot yet: web is blocked here (busy): stop it by hand, then run `fairlead retry web`',
      },
    ]);
    behaviours.clear();
    cluster.put('n1', { kind: 'retry', resource: 'web', node: 'n1' });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft);
  });
});

describe('a node that left in order', () => {
  const statusOf = (cluster: Cluster, node: string) => describeMind(cluster.mind(node), cluster.time, '');
  const nodeOf = (cluster: Cluster) => statusOf(cluster, 'n2').nodes.find(({ node }) => node === 'n1');
  const WENT = 'n1 left in order: it handed everything over and its daemon ended';

  it('is told of as that, with what its vote is missed for, and not as silent', () => {
    const cluster = left();
    const { health, verdict, conditions, observed, plan } = statusOf(cluster, 'n2');
    expect({ health, verdict }).toEqual({
      health: 'degraded',
      verdict:
        '2 of 2 groups run, nothing is moving; n1 left in order: 2 of 3 voters answer, and no other may be lost.',
    });
    expect(conditions).toMatchObject([{ kind: 'node-left', severity: 'info', sentence: WENT }]);
    expect(conditions[0]?.ageMs).toBeGreaterThan(2500);
    expect(nodeOf(cluster)).toMatchObject({ liveness: 'offline', leaving: true, left: true });
    expect(observed.nodes[0]).toMatchObject({ node: 'n1', left: true });
    const candidates = plan?.placements[0]?.candidates.find(({ node }) => node === 'n1');
    const against = candidates?.parts.filter(({ score }) => score === null);
    expect(against?.map(({ reason }) => reason.text)).toEqual(['n1 left the cluster in order']);
  });

  it('sees no pings any more', () => {
    const cluster = Cluster.begin({ groups: { web: { requires: ['gateway'] } }, pings: { gateway: {} } });
    cluster.run(3000);
    const nodesOf = () => statusOf(cluster, 'n2').pings.map(({ node }) => node);
    expect(nodesOf()).toEqual(['n1', 'n2', 'n3']);
    cluster.put('n1', { kind: 'leave' });
    cluster.until('n1 has left', () => cluster.host('n1').hasLeft);
    cluster.host('n1').kill();
    cluster.run(3000);
    expect(nodesOf()).toEqual(['n2', 'n3']);
  });

  it('is so also for a daemon that began afterwards and only heard of it', () => {
    const cluster = left();
    cluster.host('n2').kill();
    cluster.start('n2');
    cluster.run(3000);
    const { conditions } = statusOf(cluster, 'n2');
    expect(conditions).toMatchObject([{ kind: 'node-left', sentence: WENT }]);
    expect(conditions[0]?.ageMs).toBeLessThanOrEqual(3000);
  });

  it('has come back when its next daemon is heard', () => {
    const cluster = left();
    cluster.start('n1');
    cluster.run(3000);
    expect(nodeOf(cluster)).toMatchObject({ liveness: 'online', leaving: false, left: false });
    expect(statusOf(cluster, 'n2')).toMatchObject({ health: 'ok', conditions: [] });
  });

  it('is not what one is that died while it handed over', () => {
    const cluster = running();
    cluster.host('n1').behaviours.set('stop:web', { never: true });
    cluster.put('n1', { kind: 'leave' });
    cluster.run(250);
    cluster.host('n1').reset();
    cluster.run(1500);
    expect(nodeOf(cluster)).toMatchObject({ liveness: 'offline', leaving: true, left: false });
    cluster.run(3000);
    expect(statusOf(cluster, 'n2')).toMatchObject({
      verdict: '2 of 2 groups run, nothing is moving; n1 silent: 2 of 3 voters answer, and no other may be lost.',
    });
  });
});
