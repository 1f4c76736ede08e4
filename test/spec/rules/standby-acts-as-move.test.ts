import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('standby-acts-as-move', () => {
  it('warns whoever counts on a standby after a failure', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, onFail: { monitor: standby } }
  b: { type: builtin:noop, onFail: { monitor: move, start: standby } }
`,
      [
        '2:47 warning standby-acts-as-move "standby": a failed monitor of resource "a" moves its group, and "standby" does no more in this version | the node goes on running its other groups | = write `move`; where all groups must leave, put the node into standby with `state: standby`',
        '3:60 warning standby-acts-as-move "standby": a failed start of resource "b" moves its group, and "standby" does no more in this version | the node goes on running its other groups | = write `move`; where all groups must leave, put the node into standby with `state: standby`',
      ],
    );
  });
});
