import { describe, expect, it } from 'vitest';
import { outlivesWatchdog } from '../../../src/reconciler/guard-orders.js';
import { decodeText, expectProblems } from '../expect-problems.js';

describe('watchdog-too-slow', () => {
  it('shows why no lease outlives the watchdog', () => {
    expectProblems(
      `
heartbeat: { lease: 4s, every: 1s }
resources:
  app: { type: builtin:noop, stopBudget: 2s }
fencing: { watchdog: { device: /dev/watchdog0 } }
`,
      [
        '4:12 warning watchdog-too-slow "watchdog": the watchdog /dev/watchdog0 is too slow for the leases, and is not used | 10s + 2 x 1s > lease 4s + smallest stop budget 2s | = shorten its timeout, or lengthen the lease or the stop budgets',
      ],
    );
  });

  it.each([1, 2, 3, 3.9, 4, 4.1, 5, 9])('S3 judges a timeout of %ss as the reconciler does', (seconds) => {
    const result = decodeText(`heartbeat: { lease: 3s, every: 500ms }
resources:
  app: { type: builtin:noop, stopBudget: 2s }
  db: { type: builtin:noop }
fencing: { watchdog: { timeout: ${seconds}s } }
`);
    if (result.kind === 'invalid') throw new Error('the spec of this test must be valid');
    const isTold = result.warnings.some((problem) => problem.code === 'watchdog-too-slow');
    expect(isTold).toBe(!outlivesWatchdog(result.spec));
  });
});
