import { describe, expect, test } from 'vitest';
import { driftOf } from '../../src/planner/drift.js';
import { plan } from '../../src/planner/plan.js';
import { buildObserved, buildSpec } from './build-spec.js';
import type { ObservedWish } from './build-spec.js';

const NODES = { lb1: 'online quorate', lb2: 'online quorate', lb3: 'online quorate' };
const spec = buildSpec({
  nodes: { lb1: {}, lb2: {}, lb3: {} },
  groups: { web: { prefer: ['lb2'], failback: 'auto' } },
});

function strays(wish: Partial<ObservedWish>): string[] {
  const observed = buildObserved(spec, { self: 'lb1', nodes: NODES, rest: 'stopped', ...wish });
  return driftOf({ spec, observed, plan: plan({ spec, observed }) }).map(
    ({ resource, node, text }) => `${resource} ${text} on ${node}`,
  );
}

describe('what runs without a lease', () => {
  test('is drift where it does not belong, with or without an owner elsewhere', () => {
    const web = { lb3: 'running' };
    expect(strays({ resources: { web } })).toEqual(['web running without a lease on lb3']);
    expect(strays({ leases: { web: 'lb1 own 7' }, resources: { web: { ...web, lb1: 'running' } } })).toEqual([
      'web running without a lease on lb3',
    ]);
  });

  test('is none where it belongs and only waits to be adopted', () => {
    expect(strays({ resources: { web: { lb2: 'running' } } })).toEqual([]);
    expect(strays({ leases: { web: 'lb2 claim 7' }, resources: { web: { lb2: 'running' } } })).toEqual([]);
  });

  test('is drift on the node to which its group is about to move, while it runs on the owner too', () => {
    const observed = { leases: { web: 'lb1 own 7' }, resources: { web: { lb1: 'running', lb2: 'running' } } };
    expect(strays(observed)).toEqual(['web running without a lease on lb2']);
  });

  test('is not told of a node that is not there', () => {
    expect(strays({ nodes: { ...NODES, lb3: 'offline' }, resources: { web: { lb3: 'running' } } })).toEqual([]);
  });
});
