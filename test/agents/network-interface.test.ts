import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../src/agents/ip-address.js';
import { holdingsOf, interfaceBySubnet, readInterfaces } from '../../src/agents/network-interface.js';

/** What `ip -j address show` prints, as far as it is read. */
function listing(
  interfaces: Readonly<Record<string, { readonly flags?: readonly string[]; readonly addresses: readonly string[] }>>,
): string {
  return JSON.stringify([
    {},
    ...Object.entries(interfaces).map(([ifname, { flags = ['UP', 'LOWER_UP'], addresses }]) => ({
      ifname,
      flags,
      addr_info: addresses.map((text) => {
        const [local, prefix] = text.split('/');
        return { family: 'inet', local, prefixlen: Number(prefix) };
      }),
    })),
  ]);
}

function read(text: string): NonNullable<ReturnType<typeof readInterfaces>> {
  const interfaces = readInterfaces(text);
  if (interfaces === null) {
    throw new Error('not read');
  }
  return interfaces;
}

function choose(wanted: string, interfaces: Parameters<typeof listing>[0]): string | null {
  const address = parseIpAddress(wanted);
  const found = address === null ? null : interfaceBySubnet(address, read(listing(interfaces)));
  return found === null ? null : `${found.interface.name}/${found.prefixLength}`;
}

describe('the interface of an address', () => {
  it('is the one with an address in the same subnet', () => {
    expect(choose('10.7.0.50', { eth0: { addresses: ['10.6.0.1/24'] }, eth1: { addresses: ['10.7.0.1/24'] } })).toBe(
      'eth1/24',
    );
  });

  it('is the one with the longest prefix', () => {
    expect(choose('10.7.0.50', { eth0: { addresses: ['10.0.0.1/8'] }, eth1: { addresses: ['10.7.0.1/24'] } })).toBe(
      'eth1/24',
    );
  });

  it('is the one that is up, then the first by name', () => {
    const addresses = ['10.7.0.1/24'];
    expect(choose('10.7.0.50', { eth1: { addresses }, eth0: { addresses } })).toBe('eth0/24');
    expect(choose('10.7.0.50', { eth1: { addresses }, eth0: { addresses, flags: [] } })).toBe('eth1/24');
  });

  it('is not found by the address itself', () => {
    expect(choose('10.7.0.50', { eth0: { addresses: ['10.7.0.50/24'] } })).toBeNull();
  });
});

describe('a listing of interfaces', () => {
  it('says where an address is held, by value', () => {
    const address = parseIpAddress('10.7.0.50');
    const interfaces = read(listing({ eth0: { addresses: ['10.7.0.5/24'] }, eth1: { addresses: ['10.7.0.50/32'] } }));
    expect(address && holdingsOf(address, interfaces).map((holding) => holding.interface.name)).toEqual(['eth1']);
  });

  it('tells the state of the link', () => {
    const [down, unplugged, loopback] = read(
      listing({
        a: { flags: [], addresses: [] },
        b: { flags: ['UP', 'NO-CARRIER'], addresses: [] },
        c: { flags: ['UP', 'LOOPBACK'], addresses: [] },
      }),
    );
    expect(down).toMatchObject({ isUp: false });
    expect(unplugged).toMatchObject({ isUp: true, hasCarrier: false, hasNeighbours: true });
    expect(loopback).toMatchObject({ isLoopback: true, hasNeighbours: false });
  });

  it.each(['', 'null', '{}', 'Object "x" is unknown'])('is not read from "%s"', (text) => {
    expect(readInterfaces(text)).toBeNull();
  });
});
