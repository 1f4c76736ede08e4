import { describe, expect, it } from 'vitest';
import { NUDGES_MAX, POLLING_MS } from '../../src/lifecycle/nudge-limit.js';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { Cluster } from './cluster.js';
import type { SpecWish } from './specs.js';

/** A service that nothing but events shows to be gone within a minute. */
const web: SpecWish = {
  groups: { web: { members: ['nginx'], prefer: ['n1'] } },
  resources: { nginx: { monitors: [{ everyMs: 300_000, timeoutMs: 5000, depth: 0 }] } },
};

function running(): Cluster {
  const cluster = Cluster.begin(web);
  cluster.until('web runs', () => cluster.whereRuns('nginx').includes('n1'));
  cluster.run(1000);
  return cluster;
}

function polling(cluster: Cluster): string[] {
  return describeMind(cluster.mind('n1'), cluster.time, '').conditions.flatMap(({ kind, sentence }) =>
    kind === 'polling' ? [sentence] : [],
  );
}

describe('an event about a resource', () => {
  it('leads to its restart when it is gone', () => {
    const cluster = running();
    cluster.host('n1').running.delete('nginx');
    cluster.put('n1', { kind: 'nudged', resource: 'nginx' });
    cluster.until('nginx runs again', () => cluster.whereRuns('nginx').includes('n1'), 50);
  });

  it('that comes while a monitor is under way, which saw it run, leads to another', () => {
    const cluster = running();
    const before = cluster.mind('n1').operationCount;
    cluster.put('n1', { kind: 'nudged', resource: 'nginx' });
    cluster.put('n1', { kind: 'nudged', resource: 'nginx' });
    cluster.put('n1', { kind: 'nudged', resource: 'nginx' });
    cluster.run(100);
    expect(cluster.mind('n1').operationCount - before).toBe(2);
  });

  it('is not heeded when they come too often, which status says; when the time is over, a look makes good what was missed', () => {
    const cluster = running();
    for (let event = 0; event <= NUDGES_MAX; event += 1) {
      cluster.put('n1', { kind: 'nudged', resource: 'nginx' });
      cluster.run(20);
    }
    expect(polling(cluster)).toEqual(['events about nginx come too often, so only monitors look for now']);
    cluster.host('n1').running.delete('nginx');
    cluster.put('n1', { kind: 'nudged', resource: 'nginx' });
    cluster.run(POLLING_MS / 2);
    expect(cluster.whereRuns('nginx')).toEqual([]);
    cluster.until('nginx runs again', () => cluster.whereRuns('nginx').includes('n1'), POLLING_MS);
    expect(polling(cluster)).toEqual([]);
  });

  it('about what is not here does nothing', () => {
    const cluster = running();
    cluster.put('n1', { kind: 'nudged', resource: 'gone' });
    cluster.put('n2', { kind: 'nudged', resource: 'nginx' });
    cluster.run(100);
    expect(cluster.whereRuns('nginx')).toEqual(['n1']);
  });
});

describe('a source of events that has none any more', () => {
  it('is a condition, in its own words, until it has them again', () => {
    const cluster = running();
    cluster.put('n1', { kind: 'events-lost', source: 'addresses', why: '"ip monitor" ended (SIGKILL)' });
    expect(polling(cluster)).toEqual([
      'changes of addresses and links are not told of, because "ip monitor" ended (SIGKILL); until they are again, monitors alone find what is lost',
    ]);
    cluster.put('n1', { kind: 'events-lost', source: 'addresses', why: null });
    expect(polling(cluster)).toEqual([]);
  });
});
