import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unknown-label', () => {
  it('warns of a value and of a name that no node has', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, prefer: [{ zone: a }, { zone: c }] }
  b: { type: builtin:noop, avoid: [{ zoen: a }] }
`,
      [
        '2:50 warning unknown-label "{ zone: c }": no node has the label zone: c that resource "a" names',
        '3:36 warning unknown-label "{ zoen: a }": no node has the label zoen: a that resource "b" names | did you mean "zone"?',
      ],
    );
  });
});
