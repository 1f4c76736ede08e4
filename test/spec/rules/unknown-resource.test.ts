import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unknown-resource', () => {
  it('finds a misspelt member, and a group among members', () => {
    expectProblems(
      `
groups:
  web: { members: [vip, ngnix, db] }
  db: { members: [postgres] }
resources:
  vip: { type: builtin:noop }
  nginx: { type: builtin:noop }
  postgres: { type: builtin:noop }
`,
      [
        '2:25 error unknown-resource "ngnix": group "web" has the member "ngnix", which is no resource of the spec | did you mean "nginx"?',
        '2:32 error unknown-resource "db": group "web" has the member "db", which is a group | = a group holds no groups; list its members, or use `with:`',
      ],
    );
  });
});
