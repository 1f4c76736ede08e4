import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unknown-group', () => {
  it('finds a misspelt group, and names the group of a member', () => {
    expectProblems(
      `
groups:
  web: { members: [vip], after: [dbs, store] }
  storage: { members: [store] }
resources:
  vip: { type: builtin:noop }
  store: { type: builtin:noop }
  db: { type: builtin:noop, apart: [nobody] }
`,
      [
        '2:34 error unknown-group "dbs": group "web" names "dbs" in `after`, which is no group and no resource of the spec | did you mean "db"?',
        '2:39 error unknown-group "store": group "web" names "store" in `after`, which is a member of group "storage" | = name the group: storage',
        '7:37 error unknown-group "nobody": resource "db" names "nobody" in `apart`, which is no group and no resource of the spec',
      ],
    );
  });

  it('does not have a group name itself for one of its own members', () => {
    expectProblems(
      `
groups:
  web: { members: [vip, app], after: [vip] }
resources:
  vip: { type: builtin:noop }
  app: { type: builtin:noop }
`,
      [
        '2:39 error unknown-group "vip": group "web" names "vip" in `after`, which is one of its own members | = take it out: members start in the order of `members:`, on one node',
      ],
    );
  });
});
