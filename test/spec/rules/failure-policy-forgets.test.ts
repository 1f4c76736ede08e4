import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('failure-policy-forgets', () => {
  it('warns of failures that are forgotten before they are counted', () => {
    expectProblems(
      `
defaults:
  failurePolicy: { within: 1h }
resources:
  a: { type: builtin:noop, failurePolicy: { forgetAfter: 1m } }
`,
      [
        '2:28 warning failure-policy-forgets "1h": failures are forgotten after 30m, and counted over 1h | = write `forgetAfter: 1h` or more',
        '4:58 warning failure-policy-forgets "1m": failures are forgotten after 1m, and counted over 1h | = write `forgetAfter: 1h` or more',
      ],
    );
  });
});
