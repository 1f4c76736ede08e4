import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('ping-host-is-name', () => {
  it('warns of a host that must be looked up', () => {
    expectProblems(
      `
pings:
  gateway: { hosts: [gw.example.org, "fd00::1"] }
resources:
  a: { type: builtin:noop, requires: [gateway] }
`,
      [
        '2:22 warning ping-host-is-name "gw.example.org": ping "gateway" asks "gw.example.org" by name | without name service it counts as unreachable | = write its IP address',
      ],
    );
  });
});
