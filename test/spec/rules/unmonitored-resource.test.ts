import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unmonitored-resource', () => {
  it('warns where nobody looks', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, monitor: [] }
  b: { type: builtin:noop, monitor: [], checks: { web: { tcp: 127.0.0.1:80 } } }
`,
      [
        '2:37 warning unmonitored-resource "[]": nobody looks at resource "a" while it runs | its failure is not noticed | = write `monitor: [{ every: 10s, timeout: 5s }]`',
      ],
    );
  });
});
