import { describe, expect, it } from 'vitest';
import { allHolderRules } from '../../src/ownership/holder.js';
import { allVoterRules } from '../../src/ownership/voter-rules.js';
import { search } from './search.js';
import type { WorldBounds } from './small-world.js';

/** Two leases: the breach that R7 prevents takes three steps of time. */
const TIME_MAX = 4;

/** A claim of each node, and one voter that loses its memory at any moment. */
const bounds: WorldBounds = {
  lease: 2,
  stopBudget: 0,
  claims: 1,
  restarts: 1,
  memories: ['lost'],
  holderRules: allHolderRules,
  voterRules: allVoterRules,
};

describe('S1 in every history of a small world', { timeout: 600_000 }, () => {
  it('S1 never has two owners, whatever is lost, while all rules hold', () => {
    const { states, owned, breach } = search(bounds, TIME_MAX);
    expect(breach).toBeNull();
    // As many as there were when this was written: fewer means that less is tried.
    expect(states).toBeGreaterThan(2_000_000);
    expect(Math.min(...owned)).toBeGreaterThan(100_000);
  });

  it('S1 finds two owners when a voter in quarantine acks renewals (R7) and nobody minds the gap (R11)', () => {
    const voterRules = { ...allVoterRules, silence: false };
    const renewing = { ...bounds, voterRules, holderRules: { ...allHolderRules, continuity: false } };
    const { breach } = search(renewing, TIME_MAX);
    expect(breach).not.toBeNull();
    expect(breach).toContain('v1 starts anew, its memory lost');
    expect(breach?.filter((step) => step === 'time passes')).toHaveLength(3);
  });

  it('S1 finds two owners when a voter that lost its memory answers at once (R7)', () => {
    const forgetful = { ...bounds, voterRules: { ...allVoterRules, quarantine: false } };
    expect(search(forgetful, TIME_MAX).breach).not.toBeNull();
  });
});
