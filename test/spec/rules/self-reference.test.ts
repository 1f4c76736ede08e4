import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('self-reference', () => {
  it('finds a group that waits for itself, runs beside itself, or stays apart from itself', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, after: [a] }
  b: { type: builtin:noop, with: [b] }
  c: { type: builtin:noop, apart: [c] }
`,
      [
        '2:36 error self-reference "a": resource "a" names itself in `after` | = take it out',
        '3:35 error self-reference "b": resource "b" names itself in `with` | = take it out',
        '4:36 error self-reference "c": resource "c" names itself in `apart` | = take it out',
      ],
    );
  });
});
