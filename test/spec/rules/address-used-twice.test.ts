import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('address-used-twice', () => {
  it('finds an address of two nodes, however it is written', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1, "fd00::1"] }
  b: { addresses: [10.0.0.2, "fd00:0:0::0001"] }
  c: { addresses: [10.0.0.3, "fd00::3"] }
`,
      [
        '3:30 error address-used-twice ""fd00:0:0::0001"": node "a" and node "b" have the same address fd00:0:0::0001 | = note 2: node "a" has it here',
      ],
    );
  });

  it('finds an address that two resources bring up', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:vip, params: { address: 10.0.1.50/24 } }
  b: { type: "ocf:heartbeat:IPaddr2", params: { ip: 10.0.1.50 } }
`,
      [
        '3:53 error address-used-twice "10.0.1.50": resource "a" and resource "b" have the same address 10.0.1.50 | = note 2: resource "a" has it here',
      ],
    );
  });

  it('finds an elastic address of two resources', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:aws-eip, params: { allocationId: eipalloc-00000001 } }
  b: { type: "ocf:heartbeat:awseip", params: { elastic_ip: 203.0.113.7, allocation_id: eipalloc-00000001 } }
`,
      [
        '3:88 error address-used-twice "eipalloc-00000001": resource "a" and resource "b" have the same address eipalloc-00000001 | = note 2: resource "a" has it here',
      ],
    );
  });

  it('lets an address and the private one that routes to it pass', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:IPaddr2", params: { ip: 10.0.1.50 } }
  b: { type: "ocf:heartbeat:awsvip", params: { secondary_private_ip: 10.0.1.50 } }
`,
      [],
    );
  });
});
