import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('duration-out-of-range', () => {
  it('finds what is too short, too long, or no whole number of milliseconds', () => {
    expectProblems(
      `
heartbeat: { every: 1ms, lease: 90s }
resources:
  a:
    type: builtin:noop
    stopBudget: 30d
    monitor: [{ every: 0s, timeout: 0.0005s }]
`,
      [
        '1:21 error duration-out-of-range "1ms": `every: 1ms` is too short | from 20ms to 14d',
        '5:17 error duration-out-of-range "30d": `stopBudget: 30d` is too long | from 100ms to 14d',
        '6:24 error duration-out-of-range "0s": `every: 0s` is too short | from 100ms to 14d',
        '6:37 error duration-out-of-range "0.0005s": `timeout: 0.0005s` is no whole number of milliseconds | from 10ms to 14d',
      ],
    );
  });
});
