import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';
import { someAgents } from '../some-agents.js';

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
});
