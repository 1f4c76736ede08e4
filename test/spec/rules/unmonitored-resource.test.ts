import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unmonitored-resource', () => {
  it('warns where nobody looks', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, monitor: [] }
`,
      [
        '2:37 warning unmonitored-resource "[]": nobody looks at resource "a" while it runs | its failure is not noticed | = write `monitor: [{ every: 10s, timeout: 5s }]`',
      ],
    );
  });
});
