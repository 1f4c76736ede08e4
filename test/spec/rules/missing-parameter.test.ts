import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';
import { someAgents } from '../some-agents.js';

describe('missing-parameter', () => {
  it('finds a parameter that the agent requires, unless it has a default', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:IPaddr2" }
  b: { type: "ocf:heartbeat:IPaddr2", params: { cidr_netmask: 24 } }
`,
      [
        '2:3 error missing-parameter "a": resource "a" has no parameter "ip", which ocf:heartbeat:IPaddr2 requires | = add `ip:` to its `params`',
        '3:39 error missing-parameter "params": resource "b" has no parameter "ip", which ocf:heartbeat:IPaddr2 requires | = add `ip:` to its `params`',
      ],
      { catalogue: someAgents },
    );
  });
});
