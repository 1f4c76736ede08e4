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

  it('finds a ping and a check of one name', () => {
    expectProblems(
      `
pings:
  storage: { hosts: [10.0.1.1] }
checks:
  storage: { file: /srv/.mounted }
resources:
  a: { type: builtin:noop, requires: [storage] }
`,
      [
        '4:3 error duplicate-name "storage": "storage" is the name of a ping and of a check | = give one of them another name: groups require both by their names | = note 2: ping "storage" stands here',
      ],
    );
  });
});
