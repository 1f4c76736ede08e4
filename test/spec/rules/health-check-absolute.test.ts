import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('health-check-absolute', () => {
  it('warns of a check that would stop everything', () => {
    expectProblems(
      `
checks:
  raid: { run: [check-raid] }
health: { checks: [raid] }
resources:
  a: { type: builtin:noop }
`,
      [
        '3:20 warning health-check-absolute "raid": check "raid" is absolute and belongs to the health of nodes | where it fails on every node, every group stops | = write `mode: relative` on the check',
      ],
    );
  });
});
