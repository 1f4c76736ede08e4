import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('ping-not-a-vote', () => {
  it('warns where two voters have a ping', () => {
    expectProblems(
      `
quorum: { onLoss: ignore, acknowledge: a cache may run twice }
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
pings:
  gateway: { hosts: [10.0.0.254] }
resources:
  cache: { type: builtin:noop, requires: [gateway] }
`,
      [
        '1:19 warning unsafe-quorum "ignore": `onLoss: ignore` can give a service two owners | after a split a side without a majority takes everything over | = add a witness and write `onLoss: stop`',
        '5:1 warning ping-not-a-vote "pings": a ping does not decide between two voters | after a split both sides may still reach the address | = add a node with `role: witness` as the third vote',
      ],
    );
  });
});
