import { describe, it } from 'vitest';
import { catalogueOf, expectProblems, parameter } from '../expect-problems.js';
import { someAgents } from '../some-agents.js';

const together = { unique: true, uniqueGroup: 'vlan' } as const;
const vlans = catalogueOf({
  'ocf:test:vlan': { parameters: [parameter('device', together), parameter('tag', { ...together, default: '1' })] },
});

describe('parameter-unique', () => {
  it('warns of a unique parameter of two resources', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:apache", params: { configfile: /etc/a }, timeouts: { start: 60s, stop: 60s } }
  b: { type: "ocf:heartbeat:apache", params: { configfile: /etc/a }, timeouts: { start: 60s, stop: 60s } }
`,
      [
        '3:60 warning parameter-unique "/etc/a": resources "a" and "b" have the same "configfile", which ocf:heartbeat:apache wants to be unique | = note 2: "a" has it here',
      ],
      { catalogue: someAgents },
    );
  });

  it('leaves addresses to their own rule', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:IPaddr2", params: { ip: 10.0.1.50 } }
  b: { type: "ocf:heartbeat:IPaddr2", params: { ip: 10.0.1.50 } }
`,
      [
        '3:53 error address-used-twice "10.0.1.50": resource "a" and resource "b" have the same address 10.0.1.50 | = note 2: resource "a" has it here',
      ],
      { catalogue: someAgents },
    );
  });

  it('warns of a group of parameters only when all of them are shared, defaults counted', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:test:vlan", params: { device: eth0, tag: "7" } }
  b: { type: "ocf:test:vlan", params: { device: eth0, tag: "8" } }
  c: { type: "ocf:test:vlan", params: { device: eth0 } }
  d: { type: "ocf:test:vlan", params: { device: eth0, tag: "1" } }
`,
      [
        '5:49 warning parameter-unique "eth0": resources "c" and "d" have the same "device" and "tag", which ocf:test:vlan wants to be unique together | = note 4: "c" has it here',
      ],
      { catalogue: vlans },
    );
  });
});
