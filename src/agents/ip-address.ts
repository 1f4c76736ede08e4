/** IP addresses as values: compared by what they mean, never by how they are written. */
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** An address in its one canonical spelling, as the system's own inet_ntop writes it. */
export interface IpAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly text: string;
}

/** An address with the length of its subnet's prefix; null where none was written. */
export interface IpInterfaceAddress {
  readonly address: IpAddress;
  readonly prefixLength: number | null;
}

/** Reads an address without zone or prefix; null when it is none. */
export function parseIpAddress(text: string): IpAddress | null {
  const family = isIPv4(text) ? 'ipv4' : isIPv6(text) && !text.includes('%') ? 'ipv6' : null;
  return family === null ? null : { family, text: new SocketAddress({ address: text, family }).address };
}

/** Reads `10.0.1.50/24`, `fd00::50/64`, or either without prefix; null when it is none. */
export function parseIpInterfaceAddress(text: string): IpInterfaceAddress | null {
  const [, first = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseIpAddress(first);
  if (address === null) {
    return null;
  }
  const prefixLength = length === undefined ? null : Number(length);
  return prefixLength !== null && prefixLength > addressBits(address) ? null : { address, prefixLength };
}

/** Length of an address in bits. */
export function addressBits({ family }: IpAddress): number {
  return family === 'ipv4' ? 32 : 128;
}

/** Whether two addresses are the same. */
export function isSameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.text === b.text;
}

/** Whether an address lies in the subnet of another. */
export function isInSubnet(
  address: IpAddress,
  subnet: { readonly address: IpAddress; readonly prefixLength: number },
): boolean {
  if (address.family !== subnet.address.family) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(subnet.address.text, subnet.prefixLength, subnet.address.family);
  return list.check(address.text, address.family);
}
