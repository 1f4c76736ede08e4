import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('group-on-standby', () => {
  it('warns once of all groups that wait for the same nodes', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1], state: standby }
  b: { addresses: [10.0.0.2] }
  c: { addresses: [10.0.0.3], state: maintenance }
resources:
  x: { type: builtin:noop, require: [a, c] }
  y: { type: builtin:noop, require: [c, a] }
  z: { type: builtin:noop }
`,
      [
        '6:3 warning group-on-standby "x": no active node may run "x" and "y" | a is in standby and c is in maintenance | = make one of these nodes active, or let another run it',
      ],
    );
  });
});
