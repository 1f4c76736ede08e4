import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('aws-eip-params', () => {
  it('finds an Elastic IP that is named in no way, in two, or badly', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:aws-eip }
  b: { type: builtin:aws-eip, params: { allocationId: eipalloc-0123456789abcdef0, publicIp: 203.0.113.7 } }
  c: { type: builtin:aws-eip, params: { allocationId: eipalloc-12345 } }
  d: { type: builtin:aws-eip, params: { publicIp: "fd00::7" } }
`,
      [
        '2:3 error aws-eip-params "a": resource "a" does not say which Elastic IP it is | = add `allocationId: eipalloc-...` to its `params`, or `publicIp:`',
        '3:83 error aws-eip-params "publicIp": resource "b" names its Elastic IP twice, by `allocationId` and by `publicIp` | = keep `allocationId`, which belongs to one address for good',
        '4:55 error aws-eip-params "eipalloc-12345": "allocationId" of resource "c" must be an allocation id, such as eipalloc-0123456789abcdef0, and is "eipalloc-12345"',
        '5:51 error aws-eip-params ""fd00::7"": "publicIp" of resource "d" must be a public IPv4 address, such as 203.0.113.7, and is "fd00::7"',
      ],
    );
  });

  it('finds places that there cannot be', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:aws-eip, params: { publicIp: 203.0.113.7, region: Virginia, interface: [eth0, eth1] } }
  b: { type: builtin:aws-eip, params: { publicIp: 203.0.113.8, privateIp: 10.0.1.0/24, endpoint: ec2.example.org } }
`,
      [
        '2:72 error aws-eip-params "Virginia": "region" of resource "a" must be a region of AWS, such as us-east-1, and is "Virginia"',
        '2:93 error aws-eip-params "[eth0, eth1]": "interface" of resource "a" must be the name of a network interface, such as eth1, or its MAC address, and is a list',
        '3:75 error aws-eip-params "10.0.1.0/24": "privateIp" of resource "b" must be a private IPv4 address, such as 10.0.1.50, and is "10.0.1.0/24"',
        '3:98 error aws-eip-params "ec2.example.org": "endpoint" of resource "b" must be the URL of an EC2 endpoint, such as https://ec2.us-east-1.amazonaws.com, and is "ec2.example.org"',
      ],
    );
  });

  it('lets pass every way to say where it belongs', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:aws-eip, params: { allocationId: eipalloc-0123456789abcdef0, region: us-gov-west-1, interface: eth1 } }
  b: { type: builtin:aws-eip, params: { allocationId: eipalloc-01234567, interface: "0A:1b:2c:3d:4e:5f", privateIp: 10.0.1.50 } }
  c: { type: builtin:aws-eip, params: { publicIp: 203.0.113.7, endpoint: "https://vpce-1.ec2.us-east-1.vpce.amazonaws.com" } }
`,
      [],
    );
  });
});
