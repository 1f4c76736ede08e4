import { describe, expect, it } from 'vitest';
import { isInSubnet, isSameAddress, parseIpAddress, parseIpInterfaceAddress } from '../../src/agents/ip-address.js';
import type { IpAddress } from '../../src/agents/ip-address.js';

function address(text: string): IpAddress {
  const parsed = parseIpAddress(text);
  if (parsed === null) {
    throw new Error(`no address: ${text}`);
  }
  return parsed;
}

describe('an IP address', () => {
  it.each([
    ['FD07:0:0::50', 'fd07::50'],
    ['fd07:0000:0000:0000:0000:0000:0000:0050', 'fd07::50'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['10.0.1.50', '10.0.1.50'],
  ])('%s is the same as %s', (a, b) => {
    expect(isSameAddress(address(a), address(b))).toBe(true);
  });

  it.each([
    ['10.0.1.5', '10.0.1.50'],
    ['fd07::5', 'fd07::50'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
  ])('%s is another than %s', (a, b) => {
    expect(isSameAddress(address(a), address(b))).toBe(false);
  });

  it.each(['', '10.0.1', '10.0.1.256', '010.0.1.1', 'fe80::1%eth0', 'web', '10.0.1.1/24'])(
    'is not written "%s"',
    (text) => {
      expect(parseIpAddress(text)).toBeNull();
    },
  );

  it.each([
    ['10.0.1.50/24', '10.0.1.50', 24],
    ['10.0.1.50', '10.0.1.50', null],
    ['FD00::50/64', 'fd00::50', 64],
    ['10.0.1.50/0', '10.0.1.50', 0],
  ])('with its subnet is read from %s', (text, expected, prefixLength) => {
    expect(parseIpInterfaceAddress(text)).toMatchObject({ address: { text: expected }, prefixLength });
  });

  it.each(['10.0.1.50/33', 'fd00::1/129', '10.0.1.50/', '10.0.1.50/24/1', '/24', '10.0.1.50/-1'])(
    'with its subnet is not written "%s"',
    (text) => {
      expect(parseIpInterfaceAddress(text)).toBeNull();
    },
  );

  it('lies in a subnet or does not', () => {
    const subnet = { address: address('10.7.0.1'), prefixLength: 24 };
    expect(isInSubnet(address('10.7.0.200'), subnet)).toBe(true);
    expect(isInSubnet(address('10.7.1.1'), subnet)).toBe(false);
    expect(isInSubnet(address('fd07::1'), subnet)).toBe(false);
    expect(isInSubnet(address('fd07::99'), { address: address('fd07::2'), prefixLength: 64 })).toBe(true);
  });
});
