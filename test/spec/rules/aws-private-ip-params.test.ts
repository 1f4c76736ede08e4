import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('aws-private-ip-params', () => {
  it('finds an address that is missing, or that there cannot be', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:aws-private-ip }
  b: { type: builtin:aws-private-ip, params: { privateIp: 10.0.1.50/24 } }
  c: { type: builtin:aws-private-ip, params: { privateIp: 10.0.1.51, interface: eth0/1, region: Virginia } }
`,
      [
        '2:3 error aws-private-ip-params "a": resource "a" has no `privateIp` | = add `privateIp: 10.0.1.50` to its `params`',
        '3:59 error aws-private-ip-params "10.0.1.50/24": "privateIp" of resource "b" must be a private IPv4 address, such as 10.0.1.50, and is "10.0.1.50/24"',
        '4:81 error aws-private-ip-params "eth0/1": "interface" of resource "c" must be the name of a network interface, such as eth1, or its MAC address, and is "eth0/1"',
        '4:97 error aws-private-ip-params "Virginia": "region" of resource "c" must be a region of AWS, such as us-east-1, and is "Virginia"',
      ],
    );
  });

  it('lets pass an address that another resource puts on the device', () => {
    expectProblems(
      `
groups:
  web: { members: [address, vip] }
resources:
  address: { type: builtin:aws-private-ip, params: { privateIp: 10.0.1.50, interface: eth1, region: us-east-1 } }
  vip: { type: builtin:vip, params: { address: 10.0.1.50/24 } }
`,
      [],
    );
  });
});
