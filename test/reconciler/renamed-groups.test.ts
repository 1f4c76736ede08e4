/** Groups that an edit gives another name, with members of which two may run, so that no lease lists them. */
import { expect, it } from 'vitest';
import type { Exclusivity } from '../../src/model/cluster-spec.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

function wish(group: string, exclusive: Exclusivity): SpecWish {
  return {
    groups: { [group]: { members: ['a'], require: ['n1'], exclusive } },
    resources: { a: { exclusive } },
  };
}

function begin(exclusive: Exclusivity): Cluster {
  const cluster = Cluster.begin(wish('web', exclusive));
  cluster.until('a runs', () => cluster.whereRuns('a').join() === 'n1');
  cluster.run(1000);
  return cluster;
}

it.each(['none', 'lease'] as const)(
  'S6 what runs is down in time where the new lease (%s) cannot be had',
  (exclusive) => {
    const cluster = begin(exclusive);
    cluster.isolate('n1');
    cluster.edit('n1', wish('site', exclusive));
    cluster.run(3000);
    expect(cluster.whereRuns('a')).toEqual([]);
  },
);

it.each(['none', 'lease'] as const)(
  'R9 the old lease ends as soon as the new one (%s) is owned, and nothing is stopped',
  (exclusive) => {
    const cluster = begin('lease');
    cluster.edit('n1', wish('site', exclusive));
    const { held } = cluster.mind('n1').holder;
    cluster.until('the new lease is owned and the old one is over', () => [...held.keys()].join() === 'site');
    expect(held.get('site')?.state).toBe('own');
    cluster.run(1000);
    expect(cluster.host('n1').calls.filter((call) => /^(start|stop|kill)/.test(call))).toEqual(['start a']);
  },
);

it('S6 what was renamed twice while it ran is down in time as well, though nothing lists it', () => {
  const cluster = begin('none');
  cluster.edit('n1', wish('site', 'none'));
  cluster.run(3000);
  expect([...cluster.mind('n1').holder.held.keys()]).toEqual(['site']);
  cluster.isolate('n1');
  cluster.edit('n1', wish('shop', 'none'));
  cluster.run(3000);
  expect(cluster.whereRuns('a')).toEqual([]);
});

it('S6 a node that an edit makes a witness keeps the lease of a group with another name until nothing of it runs', () => {
  const cluster = begin('none');
  const groups = { site: { members: ['a'], require: ['n2'], exclusive: 'none' } } as const;
  cluster.edit('n1', { ...wish('site', 'none'), nodes: { n1: { role: 'witness' }, n2: {}, n3: {} }, groups });
  cluster.until('n1 is a witness', () => cluster.mind('n1').index.nodes.get('n1')?.role === 'witness');
  cluster.until('it runs elsewhere', () => {
    if (cluster.whereRuns('a').includes('n1')) expect([...cluster.mind('n1').holder.held.keys()]).toEqual(['web']);
    return cluster.whereRuns('a').join() === 'n2';
  });
  expect(cluster.mind('n1').holder.held.size).toBe(0);
});

const moved = (g1: readonly string[], g2: readonly string[], where: string): SpecWish => ({
  groups: { g1: { members: g1, require: [where] }, g2: { members: g2, require: ['n2'] } },
  resources: { x: { exclusive: 'none' } },
});

it('a resource of which two may run and that cannot be stopped keeps nothing else from moving', () => {
  const cluster = Cluster.begin(moved(['a', 'x'], ['b'], 'n1'));
  cluster.until('all run', () => ['a', 'x', 'b'].every((each) => cluster.whereRuns(each).length === 1));
  cluster.run(1000);
  cluster.host('n1').behaviours.set('stop:x', { outcome: { kind: 'failed', class: 'soft', code: 1, reason: 'no' } });
  cluster.edit('n1', moved(['a'], ['b', 'x'], 'n1'));
  cluster.run(5000);
  cluster.edit('n1', moved(['a'], ['b', 'x'], 'n3'));
  cluster.run(10000);
  expect(cluster.whereRuns('a')).toEqual(['n3']);
});
