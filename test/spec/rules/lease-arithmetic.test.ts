import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('lease-arithmetic', () => {
  it('shows why a heartbeat is too rare', () => {
    expectProblems(
      `
heartbeat: { every: 1s, lease: 3s }
`,
      [
        '1:21 error lease-arithmetic "1s": a heartbeat every 1s is too rare for a lease of 3s | 1s > 3s / 4 = 750ms | = write `every: 750ms` or less, or `lease: 4s` or more',
      ],
    );
  });

  it('finds a warning that comes too late, and a drift that bounds nothing', () => {
    expectProblems(
      `
heartbeat:
  lease: 1s
  warnAfter: 1s
  clockDrift: 0%
`,
      [
        '3:14 error lease-arithmetic "1s": a warning after 1s comes too late for a lease of 1s | 1s >= 1s | = write less than 1s, or leave it out for two thirds of the lease',
        '4:15 error lease-arithmetic "0%": 0% cannot bound how clocks run | no clock is exact | = leave it out for 9%, which covers what chrony does by default',
      ],
    );
  });

  it('lets a lease stand alone, for the rest follows from it', () => {
    expectProblems(
      `
heartbeat: { lease: 1s }
`,
      [],
    );
  });
});
