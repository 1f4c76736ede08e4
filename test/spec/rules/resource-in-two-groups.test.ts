import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('resource-in-two-groups', () => {
  it('finds a resource in two groups and points at both', () => {
    expectProblems(
      `
groups:
  a: { members: [vip] }
  b: { members: [web, vip] }
resources:
  vip: { type: builtin:noop }
  web: { type: builtin:noop }
`,
      [
        '3:23 error resource-in-two-groups "vip": resource "vip" is a member of group "a" and of group "b" | = a resource runs once: keep it in one group, and let the other run `with:` that one | = note 2: "vip" is a member here first',
      ],
    );
  });
});
