import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('acknowledge-missing', () => {
  it('finds a policy that nobody accepted in words', () => {
    expectProblems(
      `
quorum: { onLoss: freeze }
`,
      [
        '1:19 error acknowledge-missing "freeze": `onLoss: freeze` can give a service two owners, and nothing says that you accept this | = write `onLoss: stop`, or add `acknowledge: "<why two owners are acceptable>"`',
      ],
    );
  });

  it('lets stop pass, which needs no words', () => {
    expectProblems(
      `
quorum: { onLoss: stop }
`,
      [],
    );
  });
});
