import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('too-many-voters', () => {
  it('finds nine members of which nobody says who votes', () => {
    expectProblems(
      `
nodes:
  n1: { addresses: [10.0.0.1] }
  n2: { addresses: [10.0.0.2] }
  n3: { addresses: [10.0.0.3] }
  n4: { addresses: [10.0.0.4] }
  n5: { addresses: [10.0.0.5] }
  n6: { addresses: [10.0.0.6] }
  n7: { addresses: [10.0.0.7] }
  n8: { addresses: [10.0.0.8] }
  n9: { addresses: [10.0.0.9] }
`,
      [
        '1:1 error too-many-voters "nodes": 9 nodes vote, and at most 7 can | a majority of them must answer every heartbeat | = say who votes: give all but 3, 5 or 7 nodes `role: worker`',
      ],
    );
  });

  it('lets seven pass', () => {
    expectProblems(
      `
nodes:
  n1: { addresses: [10.0.0.1] }
  n2: { addresses: [10.0.0.2] }
  n3: { addresses: [10.0.0.3] }
  n4: { addresses: [10.0.0.4] }
  n5: { addresses: [10.0.0.5] }
  n6: { addresses: [10.0.0.6] }
  n7: { addresses: [10.0.0.7] }
`,
      [],
    );
  });
});
