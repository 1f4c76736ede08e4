import { describe, it } from 'vitest';
import { catalogueOf, expectProblems, parameter } from '../expect-problems.js';
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

  it('warns of what a fence agent does not declare, whichever way it is written', () => {
    expectProblems(
      `
fencing:
  devices:
    ipmi: { agent: fence_x, nodes: [lb1, lb2], params: { ip: 10.9.1.21, power-wait: 5, lanpluss: true, pcmk_host_list: lb1 } }
resources:
  a: { type: builtin:noop, exclusive: fencing }
`,
      [
        '3:88 warning unknown-parameter "lanpluss": fence_x has no parameter "lanpluss" | did you mean "lanplus"?',
        '3:104 error fence-params "pcmk_host_list": fence device "ipmi" cannot have the parameter "pcmk_host_list": its agent would not get it as it is written | = name the nodes under `nodes:`',
      ],
      {
        catalogue: catalogueOf({
          'fence:fence_x': { parameters: ['ip', 'lanplus', 'power_wait'].map((name) => parameter(name)) },
        }),
      },
    );
  });

  it('finds parameters of agents that take none', () => {
    expectProblems(
      `
resources:
  a: { type: systemd:nginx, params: { port: 80 } }
  b: { type: lsb:nginx, params: { port: 80 } }
`,
      [
        '2:39 error unknown-parameter "port": systemd:nginx has no parameter "port" | = take it out: it has none',
        '3:35 error unknown-parameter "port": lsb:nginx has no parameter "port" | = take it out: it has none',
      ],
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
