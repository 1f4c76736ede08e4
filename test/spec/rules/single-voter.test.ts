import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('single-voter', () => {
  it('warns where one node has the only vote', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2], role: worker }
`,
      [
        '2:3 warning single-voter "a": node "a" has the only vote | when it is lost, every group stops | = let three nodes vote, with the role member or witness',
      ],
    );
  });
});
