import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('unknown-ping', () => {
  it('finds a misspelt ping, and a group that is taken for one', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [10.0.1.1] }
resources:
  a: { type: builtin:noop, requires: [gatewy] }
  b: { type: builtin:noop, requires: [a] }
  c: { type: builtin:noop, requires: [gateway] }
`,
      [
        '4:39 error unknown-ping "gatewy": resource "a" requires "gatewy", and no ping or check has that name | did you mean "gateway"?',
        '5:39 error unknown-ping "a": resource "b" requires "a", and no ping or check has that name | = `requires` names pings and checks; for groups that must be up first there is `after:`',
      ],
    );
  });

  it('knows a node by its name, which `prefer` and `require` take', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, requires: [lb1] }
`,
      [
        '2:39 error unknown-ping "lb1": resource "a" requires "lb1", and no ping or check has that name | = `requires` names pings and checks; nodes are named by `prefer:`, `require:` and `avoid:`',
      ],
    );
  });
});
