import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unused-ping', () => {
  it('warns of a ping that no group requires', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [10.0.1.1] }
`,
      [
        '2:3 warning unused-ping "gateway": no group requires ping "gateway" | it moves nothing | = write `requires: [gateway]` on a group, or take it out',
      ],
    );
  });
});
