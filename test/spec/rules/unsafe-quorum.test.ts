import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unsafe-quorum', () => {
  it('warns of ignore for as long as it stands', () => {
    expectProblems(
      `
quorum:
  onLoss: ignore
  acknowledge: a cache may run twice
`,
      [
        '2:11 warning unsafe-quorum "ignore": `onLoss: ignore` can give a service two owners | after a split a side without a majority takes everything over | = add a witness and write `onLoss: stop`',
      ],
    );
  });

  it('warns of freeze too', () => {
    expectProblems(
      `
quorum: { onLoss: freeze, acknowledge: a cache may run twice }
`,
      [
        '1:19 warning unsafe-quorum "freeze": `onLoss: freeze` can give a service two owners | after a split a side without a majority keeps what it runs | = add a witness and write `onLoss: stop`',
      ],
    );
  });
});
