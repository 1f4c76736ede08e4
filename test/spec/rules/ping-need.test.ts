import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('ping-need', () => {
  it('finds a need that is more than the hosts', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [10.0.1.1, 10.0.1.2], need: 3 }
resources:
  a: { type: builtin:noop, requires: [gateway] }
`,
      [
        '2:49 error ping-need "3": ping "gateway" needs 3 hosts and has 2 | it can never be met | = write `need: all`, or 2 or less',
      ],
    );
  });
});
