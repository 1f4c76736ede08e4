import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('links-differ', () => {
  it('warns of a node with fewer links, though not of a witness', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1, 10.9.0.1] }
  b: { addresses: [10.0.0.2] }
  w: { addresses: [10.0.0.3], role: witness }
`,
      [
        '3:19 warning links-differ "[10.0.0.2]": node "b" has 1 address, and "a" has 2 addresses | it has no part in link 2 | = give every node an address for every link, in the same order | = note 2: "a" has more links',
      ],
    );
  });

  it('finds a link of two families, and one that leads nowhere', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: ["fd00::2"] }
  c: { addresses: [127.0.0.3] }
`,
      [
        '3:20 error links-differ ""fd00::2"": link 1 does not join "a" and "b" | it is IPv6, the other IPv4 | = the first addresses of all nodes are one link, the second ones another, and so on | = note 2: "a" has 10.0.0.1',
        '4:20 error links-differ "127.0.0.3": link 1 does not join "a" and "c" | it leads to the machine itself, the other does not | = the first addresses of all nodes are one link, the second ones another, and so on | = note 2: "a" has 10.0.0.1',
      ],
    );
  });
});
