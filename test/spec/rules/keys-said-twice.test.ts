import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('keys-said-twice', () => {
  it('finds key and keys together', () => {
    expectProblems(
      `
heartbeat:
  key: { file: /etc/fairlead/a.key }
  keys: [{ file: /etc/fairlead/b.key }]
`,
      [
        '2:3 error keys-said-twice "key": `key` and `keys` both say how messages are signed | = put all of them into `keys:`, the one that signs first',
      ],
    );
  });
});
