/**
 * The machine's network interfaces with their addresses, as `ip -j address show` tells them.
 *
 * Source: ip-address(8), iproute2 6.1.
 */
import { isJsonObject, parseJson } from '../base/json-object.js';
import type { IpAddress } from './ip-address.js';
import { isInSubnet, isSameAddress, parseIpAddress } from './ip-address.js';

/** One address of an interface. */
export interface HeldAddress {
  readonly address: IpAddress;
  readonly prefixLength: number;
  /** Not the first IPv4 address of its subnet: it goes when the first goes, unless the kernel promotes it. */
  readonly isSecondary: boolean;
  /** IPv6: another machine has it, and the kernel does not use it. */
  readonly isDuplicate: boolean;
}

/** A network interface of this network namespace. */
export interface NetworkInterface {
  readonly name: string;
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  readonly isLoopback: boolean;
  /** It resolves neighbours, so there is somebody to ask and to tell. */
  readonly hasNeighbours: boolean;
  /** IPv6: it came up a moment ago, and the kernel cannot ask anybody before its link-local address is settled. */
  readonly isSettling: boolean;
  readonly addresses: readonly HeldAddress[];
}

/** An address where it is held. */
export interface Holding {
  readonly interface: NetworkInterface;
  readonly held: HeldAddress;
}

/** Reads the output of `ip -j address show`; null when it is not of that form. */
export function readInterfaces(json: string): NetworkInterface[] | null {
  const value = parseJson(json);
  if (!Array.isArray(value)) {
    return null;
  }
  // Interfaces of another namespace's veth and the like come as empty objects; they are not ours.
  return value.flatMap((entry: unknown) => readInterface(entry) ?? []);
}

/** Where an address is held. */
export function holdingsOf(address: IpAddress, interfaces: readonly NetworkInterface[]): Holding[] {
  return interfaces.flatMap((networkInterface) =>
    networkInterface.addresses
      .filter((held) => isSameAddress(held.address, address))
      .map((held) => ({ interface: networkInterface, held })),
  );
}

/**
 * The interface that an address belongs on by its subnet, with that subnet's prefix: the longest prefix wins, then what is up, then the first by name.
 *
 * Shape: null when no interface has another address in a subnet that holds it.
 */
export function interfaceBySubnet(
  address: IpAddress,
  interfaces: readonly NetworkInterface[],
): { readonly interface: NetworkInterface; readonly prefixLength: number } | null {
  const candidates = interfaces.flatMap((networkInterface) =>
    networkInterface.addresses
      .filter((held) => !isSameAddress(held.address, address) && isInSubnet(address, held))
      .map(({ prefixLength }) => ({ interface: networkInterface, prefixLength })),
  );
  const [best] = candidates.sort(
    (a, b) =>
      b.prefixLength - a.prefixLength ||
      Number(b.interface.isUp) - Number(a.interface.isUp) ||
      (a.interface.name < b.interface.name ? -1 : 1),
  );
  return best ?? null;
}

function readInterface(entry: unknown): NetworkInterface | null {
  if (!isJsonObject(entry) || typeof entry.ifname !== 'string' || !Array.isArray(entry.flags)) {
    return null;
  }
  const flags: readonly unknown[] = entry.flags;
  const addresses: readonly unknown[] = Array.isArray(entry.addr_info) ? entry.addr_info : [];
  return {
    name: entry.ifname,
    isUp: flags.includes('UP'),
    hasCarrier: !flags.includes('NO-CARRIER'),
    isLoopback: flags.includes('LOOPBACK'),
    hasNeighbours: !flags.includes('LOOPBACK') && !flags.includes('NOARP'),
    isSettling: addresses.some(
      (address) => isJsonObject(address) && address.scope === 'link' && address.tentative === true,
    ),
    addresses: addresses.flatMap((address) => readAddress(address) ?? []),
  };
}

function readAddress(entry: unknown): HeldAddress | null {
  if (!isJsonObject(entry) || typeof entry.local !== 'string' || typeof entry.prefixlen !== 'number') {
    return null;
  }
  const address = parseIpAddress(entry.local);
  return address === null
    ? null
    : {
        address,
        prefixLength: entry.prefixlen,
        isSecondary: entry.secondary === true,
        isDuplicate: entry.dadfailed === true,
      };
}
