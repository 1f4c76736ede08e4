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

  it('names the one that was meant, of those of its kind that are there', () => {
    const warning = (at: string, id: string, type: string, help: string) =>
      `${at} warning agent-not-here ""${type}"": ${type} is not on this machine | "${id}" cannot start where it is missing | = ${help}install it on every node that may run the group; its parameters were not checked`;
    const missing = { 'ocf:heartbeat:IPadr2': null, 'lsb:apache': null, 'ocf:pacemaker:ping': null };
    const installed = ['builtin:vip', 'ocf:heartbeat:IPaddr2', 'ocf:heartbeat:apache', 'lsb:apache2'];
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:IPadr2" }
  b: { type: "lsb:apache" }
  c: { type: "ocf:pacemaker:ping" }
`,
      [
        warning('2:14', 'a', 'ocf:heartbeat:IPadr2', 'did you mean "ocf:heartbeat:IPaddr2"? Otherwise '),
        warning('3:14', 'b', 'lsb:apache', 'did you mean "lsb:apache2"? Otherwise '),
        warning('4:14', 'c', 'ocf:pacemaker:ping', '`pings:` asks in its place, on every node; otherwise '),
      ],
      { catalogue: { ...catalogueOf(missing), installed } },
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
