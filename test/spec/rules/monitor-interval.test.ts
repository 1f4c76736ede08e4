import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('monitor-interval', () => {
  it('warns of a look that may take longer than the pause before the next', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, monitor: [{ every: 10s, timeout: 20s }] }
  b: { type: builtin:noop, monitor: [{ every: 5s }], timeouts: { monitor: 10s } }
`,
      [
        '2:47 warning monitor-interval "10s": a look every 10s may take 20s | what hangs is noticed only after the timeout | = write `timeout: 10s` or less, or `every: 20s` or more',
        '3:47 warning monitor-interval "5s": a look every 5s may take 10s | what hangs is noticed only after the timeout | = write `timeout: 5s` or less, or `every: 10s` or more',
      ],
    );
  });

  it('warns once of the defaults', () => {
    expectProblems(
      `
defaults:
  monitor: [{ every: 1s, timeout: 2s }]
resources:
  a: { type: builtin:noop }
  b: { type: builtin:noop }
`,
      [
        '2:22 warning monitor-interval "1s": a look every 1s may take 2s | what hangs is noticed only after the timeout | = write `timeout: 1s` or less, or `every: 2s` or more',
      ],
    );
  });

  it('lets what is not written pass', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, monitor: [{ every: 5s }] }
`,
      [],
    );
  });
});
