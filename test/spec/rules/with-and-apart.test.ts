import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('with-and-apart', () => {
  it('finds groups that are tied together and kept apart', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, with: [b], apart: [b] }
  b: { type: builtin:noop }
`,
      [
        '2:47 error with-and-apart "b": resource "a" must run beside "b" and apart from it | `with` ties them together | = keep one of the two',
      ],
    );
  });

  it('finds it through other groups', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, with: [b] }
  b: { type: builtin:noop, with: [c] }
  c: { type: builtin:noop, apart: [a] }
`,
      [
        '4:36 error with-and-apart "a": resource "c" must run beside "a" and apart from it | `with` ties them together through other groups | = keep one of the two',
      ],
    );
  });
});
