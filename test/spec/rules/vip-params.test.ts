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

  it('warns of an address without the length of its subnet', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:vip, params: { address: 10.0.1.50 } }
  b: { type: builtin:vip, params: { address: 127.0.0.9 } }
`,
      [],
    );
  });
});
