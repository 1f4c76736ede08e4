import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unused-check', () => {
  it('warns of a check that moves nothing', () => {
    expectProblems(
      `
checks:
  raid: { run: [check-raid], mode: relative }
  storage: { file: /srv/.mounted }
  idle: { tcp: 127.0.0.1:80 }
health: { checks: [raid] }
resources:
  a: { type: builtin:noop, requires: [storage] }
`,
      [
        '4:3 warning unused-check "idle": no group requires check "idle" | it moves nothing | = write `requires: [idle]` on a group or `checks: [idle]` under `health:`, or take it out',
      ],
    );
  });
});
