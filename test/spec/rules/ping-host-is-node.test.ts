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
});
