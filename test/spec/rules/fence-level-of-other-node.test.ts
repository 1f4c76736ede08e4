import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('fence-level-of-other-node', () => {
  it('finds a device in a level of a node that it cannot fence', () => {
    expectProblems(
      `
fencing:
  devices:
    one: { agent: fence_ipmilan, nodes: [lb1] }
    two: { agent: fence_ipmilan, nodes: [lb2] }
  levels:
    lb1: [[one], [two]]
resources:
  a: { type: builtin:noop, exclusive: fencing }
`,
      [
        '6:19 error fence-level-of-other-node "two": level 2 of node "lb1" uses fence device "two", which cannot fence that node | = add "lb1" to `nodes` of the device, or take the device out of the level',
      ],
    );
  });
});
