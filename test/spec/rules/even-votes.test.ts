import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('even-votes', () => {
  it('warns of four votes', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
  c: { addresses: [10.0.0.3] }
  d: { addresses: [10.0.0.4] }
`,
      [
        '1:1 warning even-votes "nodes": 4 votes survive the loss of 1, as 3 would | majority is 3: after a split into halves both sides stop | = add a node with `role: witness`, or make one a `role: worker`',
      ],
    );
  });

  it('lets three votes and a worker pass', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
  c: { addresses: [10.0.0.3] }
  d: { addresses: [10.0.0.4], role: worker }
`,
      [],
    );
  });
});
