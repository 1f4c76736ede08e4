import { describe, expect, it } from 'vitest';
import type { AttributeProbe } from '../../src/model/attribute-probe.js';
import type { NodeCheckSpec } from '../../src/model/cluster-spec.js';
import { describe as describeMind } from '../../src/reconciler/describe.js';
import { Cluster } from './cluster.js';

const place = { file: 'test.yaml', line: 7, column: 3 };
const routers: AttributeProbe = {
  kind: 'attribute',
  name: 'routers',
  wish: { kind: 'within', by: 'number', atLeast: '1', atMost: null },
};

function checkOf(id: string, probe: AttributeProbe, check: Partial<NodeCheckSpec> = {}): NodeCheckSpec {
  const rounds = { everyMs: 200, timeoutMs: 100, rise: 2, fall: 3 };
  return { id, probe, ...rounds, need: 1, mode: 'absolute', onAllLost: 'keep', place, ...check };
}

/** Three nodes, the first two with as many routers; web is on n1. */
function begin(check: Partial<NodeCheckSpec> = {}, probe = routers): Cluster {
  const cluster = Cluster.begin({
    groups: { web: { prefer: ['n1'], requires: ['up'] } },
    checks: [checkOf('up', probe, check)],
  });
  cluster.run(2000);
  set(cluster, 'n1', '2');
  set(cluster, 'n2', '2');
  cluster.until('web runs', () => cluster.whereRuns('web').includes('n1'), 5000);
  return cluster;
}

function set(cluster: Cluster, node: string, value: string | null, by = node): void {
  cluster.put(by, { kind: 'attribute', change: { node, name: 'routers', value, isLasting: false } });
}

function isPassing(cluster: Cluster, node: string): boolean | null | undefined {
  return cluster.mind(node).checks.get('up')?.isPassing;
}

describe('a group that requires an attribute of its node', () => {
  it('does not start where nobody wrote it, and starts where it is as wished', () => {
    const cluster = begin();
    expect([isPassing(cluster, 'n1'), isPassing(cluster, 'n2'), isPassing(cluster, 'n3')]).toEqual([true, true, false]);
    expect(cluster.mind('n1').lives.get('web')?.state).toBe('running');
  });

  it.each(['0', null])('leaves it when another node wrote %j of it, and says what is seen', (value) => {
    const cluster = begin();
    set(cluster, 'n1', value, 'n3');
    cluster.until('web moved', () => cluster.whereRuns('web').includes('n2'), 3000);
    const seen = value === null ? 'attribute routers is not defined' : 'attribute routers is "0"';
    expect(cluster.host('n1').said).toContain(`warn: check up fails: ${seen}`);
    const parts = cluster.mind('n3').plan?.placements[0]?.candidates.find(({ node }) => node === 'n1')?.parts;
    const against = parts?.filter(({ score }) => score === null);
    expect(against?.map(({ reason }) => reason.text)).toEqual([`up fails on n1: ${seen}`]);
    const status = describeMind(cluster.mind('n2'), cluster.time, '2026-01-01T00:00:00.000Z');
    expect(status.pings.find(({ node }) => node === 'n1')).toMatchObject({ kind: 'check', ok: false, reason: seen });
  });

  it('stays through what lasts for fewer rounds than count', () => {
    const cluster = begin();
    for (let i = 0; i < 10; i++) {
      set(cluster, 'n1', '0');
      cluster.run(390);
      set(cluster, 'n1', '2');
      cluster.run(210);
    }
    expect(isPassing(cluster, 'n1')).toBe(true);
    expect(cluster.host('n2').calls).not.toContain('start web');
  });

  it('stays where it is, in relative mode, when no node has it', () => {
    const cluster = begin({ mode: 'relative' });
    for (const node of ['n1', 'n2']) set(cluster, node, '0');
    cluster.run(3000);
    expect([isPassing(cluster, 'n1'), cluster.whereRuns('web')]).toEqual([false, ['n1']]);
  });

  it('is not moved by a restart of the daemon, whose attributes are still those of the boot', () => {
    const cluster = begin();
    cluster.host('n1').kill();
    cluster.start('n1');
    cluster.run(5000);
    expect([cluster.whereRuns('web'), isPassing(cluster, 'n1')]).toEqual([['n1'], true]);
  });
});

it('a node that reaches no majority does not say of an attribute that nobody wrote it', () => {
  const cluster = begin();
  const written = cluster.mind('n3').checks.get('up');
  expect(written?.isPassing).toBe(false);
  cluster.isolate('n2');
  cluster.host('n2').kill();
  cluster.host('n2').kept.delete('attributes.json');
  cluster.start('n2');
  cluster.run(5000);
  expect(isPassing(cluster, 'n2')).toBe(null);
  cluster.cut.clear();
  cluster.until('it is known to be missing', () => isPassing(cluster, 'n2') === false, 3000);
});

it('a node whose health agent writes red is drained, and gets its groups only by their wish back', () => {
  const check = checkOf('health:attributes', { kind: 'health-attributes', badFrom: 'red' }, { mode: 'relative' });
  const cluster = Cluster.begin({
    groups: { web: { prefer: ['n1'] } },
    checks: [check],
    health: ['health:attributes'],
  });
  cluster.until('web runs', () => cluster.whereRuns('web').includes('n1'), 5000);
  const tell = (value: string) =>
    cluster.put('n1', { kind: 'attribute', change: { node: 'n1', name: '#health-cpu', value, isLasting: false } });
  tell('yellow');
  cluster.run(3000);
  expect(cluster.whereRuns('web')).toEqual(['n1']);
  tell('red');
  cluster.until(
    'web left',
    () => !cluster.whereRuns('web').includes('n1') && cluster.whereRuns('web').length > 0,
    3000,
  );
  tell('green');
  cluster.run(3000);
  expect(cluster.whereRuns('web')).not.toContain('n1');
});
