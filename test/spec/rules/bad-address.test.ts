import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('bad-address', () => {
  it('finds names, subnets and addresses that no machine can have', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [a.example.org] }
  b: { addresses: [10.0.0.2/24] }
  c: { addresses: [0.0.0.0] }
  d: { addresses: [224.0.0.1], role: worker }
  e: { addresses: ["fe80::1"], role: worker }
  f: { addresses: [10.0.0.256], role: worker }
`,
      [
        '2:20 error bad-address "a.example.org": "a.example.org" cannot be an address of node "a" | it is no IP address; names are not looked up, since that may fail just when it matters',
        '3:20 error bad-address "10.0.0.2/24": "10.0.0.2/24" cannot be an address of node "b" | write it without the length of the subnet',
        '4:20 error bad-address "0.0.0.0": "0.0.0.0" cannot be an address of node "c" | it stands for every address',
        '5:20 error bad-address "224.0.0.1": "224.0.0.1" cannot be an address of node "d" | it is a multicast address',
        '6:20 error bad-address ""fe80::1"": "fe80::1" cannot be an address of node "e" | it is valid on one link only and would need the name of an interface',
        '7:20 error bad-address "10.0.0.256": "10.0.0.256" cannot be an address of node "f" | it is no IP address; names are not looked up, since that may fail just when it matters',
      ],
    );
  });

  it('finds IPv4 addresses that are written as IPv6', () => {
    expectProblems(
      `
nodes:
  a: { addresses: ["::ffff:10.0.0.1"] }
resources:
  a: { type: "ocf:heartbeat:IPaddr2", params: { ip: "::ffff:a00:1" } }
`,
      [
        '2:20 error bad-address ""::ffff:10.0.0.1"": "::ffff:10.0.0.1" cannot be an address of node "a" | it is an IPv4 address: write 10.0.0.1',
        '4:53 error address-of-node ""::ffff:a00:1"": resource "a" moves the address ::ffff:a00:1, which belongs to node "a" | = an address that moves must belong to nothing else | = note 2: it belongs to node "a"',
        '4:53 error bad-address ""::ffff:a00:1"": "::ffff:a00:1" cannot be the address of resource "a" | it is an IPv4 address: write 10.0.0.1',
      ],
    );
  });

  it('finds an OCF address that is none', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:IPaddr2", params: { ip: 10.0.1 } }
`,
      ['2:53 error bad-address "10.0.1": "10.0.1" cannot be the address of resource "a" | it is no IP address'],
    );
  });
});
