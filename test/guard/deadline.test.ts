import { describe, expect, it } from 'vitest';
import { actAtMs } from '../../src/guard/deadline.js';
import type { GuardedLease } from '../../src/model/guard-orders.js';

function lease(budgetMs: number): GuardedLease {
  return {
    key: 'web',
    epoch: 1,
    state: 'own',
    validUntilMs: 10_000,
    deadByMs: 10_000 + budgetMs,
    members: [],
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
