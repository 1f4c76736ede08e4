import { describe, expect, it } from 'vitest';
import { actAtMs, stopAtMs } from '../../src/guard/deadline.js';
import type { GuardedLease } from '../../src/model/guard-orders.js';

function lease(budgetMs: number): GuardedLease {
  return {
    key: 'web',
    epoch: 1,
    state: 'own',
    validUntilMs: 10_000,
    deadByMs: 10_000 + budgetMs,
    members: [],
    stops: [],
    withoutKillPath: [],
  };
}

describe('R13 when a guard acts', () => {
  it.each([
    [20_000, false, 29_700],
    [1000, false, 10_800],
    [500, false, 10_400],
    [100, false, 10_050],
    [20, false, 10_000],
    [0, false, 10_000],
    [20_000, true, 29_000],
    [1000, true, 10_500],
  ])(
    'with a stop budget of %d ms, watched %s, it is at %d, for a lease that ends at 10,000',
    (budgetMs, isWatched, at) => {
      expect(actAtMs(lease(budgetMs), { isWatched })).toBe(at);
    },
  );
});

describe('R13 when a guard stops what only its agent can stop', () => {
  const stop = { resource: 'db', type: 'lsb:db', params: {}, timeoutMs: 1000, membersBefore: 0 };

  it.each([
    [20_000, 'own', false, 10_000],
    [20_000, 'lapsed', false, 10_000],
    [20_000, 'own', true, 10_500],
    [1000, 'own', true, 10_100],
    [100, 'own', true, 10_050],
    [20, 'own', true, 10_000],
    [1000, 'lapsed', true, 10_800],
  ] as const)(
    'with a stop budget of %d ms, in the state %s, with a daemon there: %s, it is at %d, for a lease that ends at 10,000',
    (budgetMs, state, isDaemonThere, at) => {
      const of = { ...lease(budgetMs), state, stops: [stop] };
      expect(stopAtMs(of, { isDaemonThere, isWatched: false })).toBe(at);
    },
  );

  it('is never for a lease without such a member', () => {
    expect(stopAtMs(lease(1000), { isDaemonThere: false, isWatched: false })).toBe(Number.POSITIVE_INFINITY);
  });
});
