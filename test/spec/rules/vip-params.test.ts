import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('vip-params', () => {
  it('finds what is no address, interface or label', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:vip }
  b: { type: builtin:vip, params: { address: gateway } }
  c: { type: builtin:vip, params: { address: 10.0.1.50/33 } }
  d: { type: builtin:vip, params: { address: 10.0.1.51/24, interface: a-name-too-long-for-it, duplicateCheck: no } }
  e: { type: builtin:vip, params: { address: "fd00::50/64", label: web } }
`,
      [
        '2:3 error vip-params "a": resource "a" has no address | = add `address: 10.0.1.50/24` to its `params`',
        '3:46 error vip-params "gateway": "gateway" cannot be the address of resource "b" | write an IP address, such as 10.0.1.50/24 or fd00::50/64',
        '4:46 error vip-params "10.0.1.50/33": "10.0.1.50/33" cannot be the address of resource "c" | write an IP address, such as 10.0.1.50/24 or fd00::50/64',
        '5:71 error vip-params "a-name-too-long-for-it": "interface" of resource "d" must be the name of a network interface, such as eth0, and is "a-name-too-long-for-it"',
        '5:111 error vip-params "no": "duplicateCheck" of resource "d" must be true or false, and is "no"',
        '6:61 error vip-params "label": resource "e" has a label, and IPv6 addresses can have none | = take it out',
      ],
    );
  });

  it('finds the addresses of a subnet that no host can have', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:vip, params: { address: 10.0.1.0/24 } }
  b: { type: builtin:vip, params: { address: 10.0.7.255/21 } }
  c: { type: builtin:vip, params: { address: "::ffff:10.0.1.11" } }
  d: { type: builtin:vip, params: { address: 10.0.2.0/31 } }
  e: { type: builtin:vip, params: { address: 10.0.3.0/21 } }
  f: { type: builtin:vip, params: { address: "fd00::/64" } }
`,
      [
        '2:46 error vip-params "10.0.1.0/24": "10.0.1.0/24" cannot be the address of resource "a" | it stands for the whole subnet',
        '3:46 error vip-params "10.0.7.255/21": "10.0.7.255/21" cannot be the address of resource "b" | it is the broadcast address of its subnet',
        '4:46 error vip-params ""::ffff:10.0.1.11"": "::ffff:10.0.1.11" cannot be the address of resource "c" | it is an IPv4 address: write 10.0.1.11',
      ],
    );
  });

  it('warns of a loopback address where the nodes have others', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:vip, params: { address: 127.0.0.9 } }
  b: { type: builtin:vip, params: { address: "::1/128" } }
`,
      [
        '2:46 warning vip-params "127.0.0.9": resource "a" brings up 127.0.0.9, which no other machine reaches | it is a loopback address | = write an address of the nodes\' subnet',
        '3:46 warning vip-params ""::1/128"": resource "b" brings up ::1/128, which no other machine reaches | it is a loopback address | = write an address of the nodes\' subnet',
      ],
    );
  });

  it('lets an address without the length of its subnet pass', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:vip, params: { address: 10.0.1.50 } }
`,
      [],
    );
  });

  it('lets a loopback address pass where the nodes have such, as in a lab', () => {
    expectProblems(
      `
nodes:
  n1: { addresses: [127.77.0.1] }
resources:
  a: { type: builtin:vip, params: { address: 127.77.0.9/8 } }
`,
      [],
    );
  });
});
