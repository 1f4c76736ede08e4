import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';
import { someAgents } from '../some-agents.js';

describe('unknown-parameter', () => {
  it('warns of what a foreign agent does not declare', () => {
    expectProblems(
      `
resources:
  vip: { type: "ocf:heartbeat:IPaddr2", params: { ip: 10.0.1.50, cidr_netmsk: 24, xyz: 1 } }
`,
      [
        '2:66 warning unknown-parameter "cidr_netmsk": ocf:heartbeat:IPaddr2 has no parameter "cidr_netmsk" | did you mean "cidr_netmask"?',
        '2:83 warning unknown-parameter "xyz": ocf:heartbeat:IPaddr2 has no parameter "xyz" | = it has ip, cidr_netmask and nic',
      ],
      { catalogue: someAgents },
    );
  });

  it('finds what an own agent does not have', () => {
    expectProblems(
      `
resources:
  app: { type: script, params: { run: [app], dirctory: /srv } }
`,
      ['2:46 error unknown-parameter "dirctory": script has no parameter "dirctory" | did you mean "directory"?'],
      { catalogue: someAgents },
    );
  });
});
