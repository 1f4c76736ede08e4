import { describe, it } from 'vitest';
import { catalogueOf, expectProblems } from '../expect-problems.js';
import { someAgents } from '../some-agents.js';

describe('agent-not-here', () => {
  it('warns once of each agent that is missing', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:gone" }
  b: { type: "ocf:heartbeat:gone" }
  d: { type: "systemd:nobody-looked" }
`,
      [
        '2:14 warning agent-not-here ""ocf:heartbeat:gone"": ocf:heartbeat:gone is not on this machine | "a" and "b" cannot start where it is missing | = install it on every node that may run the group; its parameters were not checked',
      ],
      { catalogue: someAgents },
    );
  });

  it('warns of fence agents that are missing', () => {
    expectProblems(
      `
fencing:
  devices:
    one: { agent: fence_gone, nodes: [lb1, lb2] }
    two: { agent: fence_unasked, nodes: [lb1, lb2] }
resources:
  a: { type: builtin:noop, exclusive: fencing }
`,
      [
        '3:19 warning agent-not-here "fence_gone": fence_gone is not on this machine | "one" cannot be used where it is missing | = install it on every node (Debian: fence-agents); its parameters were not checked',
      ],
      { catalogue: catalogueOf({ 'fence:fence_gone': null }) },
    );
  });
});
