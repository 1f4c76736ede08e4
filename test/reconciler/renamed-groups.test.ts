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
