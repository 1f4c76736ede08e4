import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('ping-host-is-node', () => {
  it('warns of a ping that asks a node', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [10.0.1.1, 10.0.1.12] }
resources:
  a: { type: builtin:noop, requires: [gateway] }
`,
      [
        '2:32 warning ping-host-is-node "10.0.1.12": ping "gateway" asks node "lb2" | "lb2" always reaches itself, and when it dies nobody does | = ask a router or a server outside the cluster',
      ],
    );
  });

  it('warns of a loopback address', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [127.0.0.1, "tcp:[::1]:80"] }
resources:
  a: { type: builtin:noop, requires: [gateway] }
`,
      [
        '2:22 warning ping-host-is-node "127.0.0.1": ping "gateway" asks 127.0.0.1, which is each node itself | a node always reaches itself | = ask a router or a server outside the cluster',
        '2:33 warning ping-host-is-node ""tcp:[::1]:80"": ping "gateway" asks ::1, which is each node itself | a node always reaches itself | = ask a router or a server outside the cluster',
      ],
    );
  });

  it('lets one pass where the nodes have such addresses themselves, as in a lab', () => {
    expectProblems(
      `
nodes:
  n1: { addresses: [127.77.0.1] }
pings:
  gateway: { hosts: [127.77.0.9] }
resources:
  a: { type: builtin:noop, requires: [gateway] }
`,
      [],
    );
  });
});
