import { expect, it } from 'vitest';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { Cluster } from './cluster.js';

it('a group on its way up says what comes next, and not why it belongs there', () => {
  const cluster = Cluster.begin({
    groups: { db: { prefer: ['n2'] }, web: { prefer: ['n2'] } },
    startsPerNodeMax: 1,
  });
  cluster.host('n2').behaviours.set('start:db', { takesMs: 50 });
  const said = new Set<string>();
  for (let looks = 0; looks < 1000; looks += 1) {
    cluster.run(1);
    said.add(describeMind(cluster.mind('n3'), cluster.time, '').groups[1]?.sentence ?? '');
  }
  expect([...said].slice(-4)).toEqual([
    'web does not run yet: it is being claimed for n2',
    'web does not run yet: it is about to start on n2',
    'web is starting on n2',
    'web runs on n2',
  ]);
  expect([...said].join()).not.toContain('because');
});
