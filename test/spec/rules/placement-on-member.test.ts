import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('placement-on-member', () => {
  it('finds placement keys on a member', () => {
    expectProblems(
      `
groups:
  web: { members: [vip] }
resources:
  vip: { type: builtin:noop, prefer: [lb1], stopBudget: 2s }
`,
      [
        '4:30 error placement-on-member "prefer": resource "vip" is a member of group "web" and cannot say `prefer` for itself | = say it on group "web"',
        '4:45 error placement-on-member "stopBudget": resource "vip" is a member of group "web" and cannot say `stopBudget` for itself | = say it on group "web"',
      ],
    );
  });
});
