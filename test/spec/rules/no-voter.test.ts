import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('no-voter', () => {
  it('finds a cluster of workers', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1], role: worker }
`,
      [
        '1:1 error no-voter "nodes": no node votes, so nothing could ever start | = give three nodes the role member or witness',
      ],
    );
  });
});
