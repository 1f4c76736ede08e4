import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('duplicate-name', () => {
  it('finds a lone resource with the name of a group', () => {
    expectProblems(
      `
groups:
  web: { members: [nginx] }
resources:
  nginx: { type: builtin:noop }
  web: { type: builtin:noop }
`,
      [
        '5:3 error duplicate-name "web": "web" is the name of a group and of a resource that is in no group | = give one of them another name, or make the resource a member | = note 2: group "web" stands here',
      ],
    );
  });

  it('lets a member have the name of its group', () => {
    expectProblems(
      `
groups:
  nginx: { members: [vip, nginx] }
resources:
  nginx: { type: builtin:noop }
  vip: { type: builtin:noop }
`,
      [],
    );
  });
});
