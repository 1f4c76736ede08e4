import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

const TABLE = 'rtb-0123456789abcdef0';

describe('aws-route-params', () => {
  it('finds a route without a table, without a destination, or with ones that there cannot be', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:aws-route }
  b: { type: builtin:aws-route, params: { routeTableIds: [${TABLE}, rtb-12345], destinationCidr: 192.168.10.50 } }
  c: { type: builtin:aws-route, params: { routeTableIds: [], destinationCidr: 10.8.1.0/16 } }
  d: { type: builtin:aws-route, params: { routeTableIds: ${TABLE}, destinationCidr: "2001:db8::50/64" } }
  e: { type: builtin:aws-route, params: { routeTableIds: ${TABLE}, destinationCidr: everywhere } }
`,
      [
        '2:3 error aws-route-params "a": resource "a" has no `destinationCidr` | = add `destinationCidr: 192.168.10.50/32` to its `params`',
        '2:3 error aws-route-params "a": resource "a" has no `routeTableIds` | = add `routeTableIds: rtb-0123456789abcdef0` to its `params`',
        '3:82 error aws-route-params "rtb-12345": "routeTableIds" of resource "b" must be the id of a route table, such as rtb-0123456789abcdef0, or a list of them, and is "rtb-12345"',
        '3:111 error aws-route-params "192.168.10.50": "destinationCidr" of resource "b" must be a subnet by its first address, such as 192.168.10.50/32 or 10.8.0.0/16, and is "192.168.10.50" | = write 192.168.10.50/32',
        '4:58 error aws-route-params "[]": "routeTableIds" of resource "c" must be the id of a route table, such as rtb-0123456789abcdef0, or a list of them, and is an empty list',
        '4:79 error aws-route-params "10.8.1.0/16": "destinationCidr" of resource "c" must be a subnet by its first address, such as 192.168.10.50/32 or 10.8.0.0/16, and is "10.8.1.0/16" | = write 10.8.0.0/16',
        '5:98 error aws-route-params ""2001:db8::50/64"": "destinationCidr" of resource "d" must be a subnet by its first address, such as 192.168.10.50/32 or 10.8.0.0/16, and is "2001:db8::50/64" | = write 2001:db8:0:0:0:0:0:0/64',
        '6:98 error aws-route-params "everywhere": "destinationCidr" of resource "e" must be a subnet by its first address, such as 192.168.10.50/32 or 10.8.0.0/16, and is "everywhere"',
      ],
    );
  });

  it('finds rules and places that mean nothing', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:aws-route, params: { routeTableIds: ${TABLE}, destinationCidr: 0.0.0.0/0, takeFrom: [peers, i-01234567], onStop: keep } }
  b: { type: builtin:aws-route, params: { routeTableIds: ${TABLE}, destinationCidr: ::/0, sourceDestCheck: off, interface: eth0/1 } }
`,
      [
        '2:120 error aws-route-params "peers": "takeFrom" of resource "a" must be "interfaces", "anything", or ids such as i-0123456789abcdef0, and is "peers"',
        '2:148 error aws-route-params "keep": "onStop" of resource "a" must be leave or delete, and is "keep"',
        '3:121 error aws-route-params "off": "sourceDestCheck" of resource "b" must be refuse, disable or ignore, and is "off"',
        '3:137 error aws-route-params "eth0/1": "interface" of resource "b" must be the name of a network interface, such as eth1, or its MAC address, and is "eth0/1"',
      ],
    );
  });

  it('lets pass every way to say it', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:aws-route, params: { routeTableIds: ${TABLE}, destinationCidr: 192.168.10.50/32 } }
  b: { type: builtin:aws-route, params: { routeTableIds: [${TABLE}, rtb-01234567], destinationCidr: 0.0.0.0/0, takeFrom: [interfaces, nat-0123456789abcdef0], onStop: delete, sourceDestCheck: disable } }
  c: { type: builtin:aws-route, params: { routeTableIds: ${TABLE}, destinationCidr: "2001:db8::/32", takeFrom: anything, interface: "0A:1b:2c:3d:4e:5f", region: us-east-1 } }
`,
      [],
    );
  });
});
