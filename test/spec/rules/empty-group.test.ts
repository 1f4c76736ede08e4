import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('empty-group', () => {
  it('finds a group without members', () => {
    expectProblems(
      `
groups:
  web: { members: [] }
`,
      ['2:19 error empty-group "[]": group "web" has no members | = list resources in it, or take the group out'],
    );
  });
});
