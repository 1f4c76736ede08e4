import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';
import { someAgents } from '../some-agents.js';

describe('agent-not-here', () => {
  it('warns once of each agent that is missing, and tells planned ones apart', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:gone" }
  b: { type: "ocf:heartbeat:gone" }
  c: { type: builtin:aws-eip }
  d: { type: "systemd:nobody-looked" }
`,
      [
        '2:14 warning agent-not-here ""ocf:heartbeat:gone"": ocf:heartbeat:gone is not on this machine | "a" and "b" cannot start where it is missing | = install it on every node that may run the group; its parameters were not checked',
        '4:14 warning agent-not-here "builtin:aws-eip": this version does not bring builtin:aws-eip yet | "c" cannot start with it',
      ],
      { catalogue: someAgents },
    );
  });
});
