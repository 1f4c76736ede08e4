import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unknown-check', () => {
  it('finds a misspelt check of the health', () => {
    expectProblems(
      `
checks:
  raid: { run: [check-raid], mode: relative }
health: { checks: [raid, riad] }
resources:
  a: { type: builtin:noop }
`,
      ['3:26 error unknown-check "riad": health names check "riad", which is not in the spec | did you mean "raid"?'],
    );
  });
});
