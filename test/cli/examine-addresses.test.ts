import type { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { examineAddresses } from '../../src/cli/examine-addresses.js';

type Interfaces = ReturnType<typeof networkInterfaces>;

const entry = (address: string, internal = false) =>
  ({ address, internal, netmask: '', mac: '', cidr: null, family: 'IPv4' }) as const;

const INTERFACES: Interfaces = {
  lo: [entry('127.0.0.1', true)],
  eth0: [entry('10.0.1.11'), entry('fe80::1%eth0'), entry('fd00::b')],
};

function examine(addresses: readonly string[], interfaces: Interfaces = INTERFACES) {
  const placeOf = (index: number) => ({ file: 'edge.yaml', line: 7, column: 24 + index });
  return examineAddresses({ addresses, placeOf, interfaces });
}

it('has those of its interfaces, however they are written, and all of the loopback network', () => {
  expect(examine(['10.0.1.11', 'FD00:0::000b', 'fe80::1', '127.61.0.3']).map(({ sentence }) => sentence)).toEqual([
    'it is on eth0',
    'it is on eth0',
    'it is on eth0',
    'it is on lo',
  ]);
});

it('misses any other, with its place and with what this machine has', () => {
  expect(examine(['10.0.1.11', '10.9.1.11'])[1]).toEqual({
    what: '10.9.1.11',
    state: 'missing',
    sentence:
      'this machine does not have it (edge.yaml:7:25); it has 127.0.0.1 on lo, 10.0.1.11 on eth0, fe80::1%eth0 on eth0, fd00::b on eth0',
  });
});

it('says so where there is none at all', () => {
  expect(examine(['127.0.0.1'], {})).toMatchObject([
    { state: 'missing', sentence: 'this machine does not have it (edge.yaml:7:24); it has no address at all' },
  ]);
});
