import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isLoopback, parseIpAddress, parseIpInterfaceAddress, unusableBecause } from '../../src/spec/ip-address.js';

const TEXTS = [
  '10.0.1.11',
  '0.0.0.0',
  '255.255.255.255',
  '256.0.0.1',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '1.2.3.4 ',
  '',
  '1..2.3',
  '-1.2.3.4',
  '0x1.2.3.4',
  '::',
  '::1',
  '1::',
  'fd00::11',
  'fd00:0:0:0:0:0:0:11',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8',
  '1::2::3',
  ':::',
  ':',
  '12345::',
  'g::',
  '::ffff:1.2.3.4',
  '::1.2.3.4',
  '1.2.3.4::',
  '1:2:3:4:5:6:1.2.3.4',
  '1:2:3:4:5:6:7:1.2.3.4',
  '::1.2.3',
  'FD00::A',
  '::01',
  '::00001',
];

describe('an IP address', () => {
  it.each(TEXTS)('%j is read exactly when the system reads it', (text) => {
    expect(parseIpAddress(text)?.family ?? null).toBe(isIPv4(text) ? 'IPv4' : isIPv6(text) ? 'IPv6' : null);
  });

  it('has one spelling however it is written', () => {
    const spellings = ['fd00::a:0', 'FD00:0:0:0:0:0:A:0', 'fd00::000a:0000'].map((text) => parseIpAddress(text)?.text);
    expect(new Set(spellings)).toEqual(new Set(['fd00:0:0:0:0:0:a:0']));
    expect(parseIpAddress('::ffff:1.2.3.4')?.text).toBe('0:0:0:0:0:ffff:102:304');
  });

  it('may have the length of its subnet', () => {
    expect(parseIpInterfaceAddress('10.0.1.50/24')?.prefixLength).toBe(24);
    expect(parseIpInterfaceAddress('fd00::50/128')?.prefixLength).toBe(128);
    expect(parseIpInterfaceAddress('10.0.1.50')?.prefixLength).toBe(null);
    for (const text of ['10.0.1.50/33', 'fd00::/129', '10.0.1.50/', '10.0.1.50/a', '/24', '10.0.1.50/24/8']) {
      expect(parseIpInterfaceAddress(text)).toBe(null);
    }
  });

  it.each([
    ['10.0.0.1', null],
    ['127.0.0.1', null],
    ['::1', null],
    ['fd00::1', null],
    ['0.0.0.0', 'it stands for every address'],
    ['::', 'it stands for every address'],
    ['255.255.255.255', 'it is the broadcast address'],
    ['239.1.1.1', 'it is a multicast address'],
    ['ff02::1', 'it is a multicast address'],
    ['0.1.2.3', 'it is reserved'],
    ['250.1.2.3', 'it is reserved'],
    ['fe80::1', 'it is valid on one link only and would need the name of an interface'],
  ])('%s can be one of a machine: %s', (text, why) => {
    const address = parseIpAddress(text);
    expect(address === null ? 'unread' : unusableBecause(address)).toBe(why);
  });

  it('leads to the machine itself in 127.0.0.0/8 and as ::1', () => {
    const loopback = (text: string) => {
      const address = parseIpAddress(text);
      return address !== null && isLoopback(address);
    };
    expect(['127.0.0.1', '127.77.0.11', '::1'].map(loopback)).toEqual([true, true, true]);
    expect(['128.0.0.1', '10.0.0.1', '::2', '1::1'].map(loopback)).toEqual([false, false, false, false]);
  });
});
