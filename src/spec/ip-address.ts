/**
 * IP addresses as values, compared by what they mean and never by how they are written.
 *
 * Source: RFC 4291 section 2.2 for the text forms of IPv6; four decimal numbers without leading zeros for IPv4, as inet_pton reads them.
 */

/** An address. Shape: `text` is one spelling for each address: four numbers, or eight groups of hexadecimal digits. */
export interface IpAddress {
  readonly family: 'IPv4' | 'IPv6';
  readonly text: string;
  /** The address's groups: four of 8 bits or eight of 16. */
  readonly groups: readonly number[];
}

/** An address with the length of its subnet; null where none is written. */
export interface IpInterfaceAddress {
  readonly address: IpAddress;
  readonly prefixLength: number | null;
}

/** Reads an address without zone or prefix; null when it is none. */
export function parseIpAddress(text: string): IpAddress | null {
  if (!text.includes(':')) {
    const groups = parseIpv4(text);
    return groups === null ? null : { family: 'IPv4', text: groups.join('.'), groups };
  }
  const groups = parseIpv6(text);
  return groups === null ? null : { family: 'IPv6', text: groups.map((group) => group.toString(16)).join(':'), groups };
}

/** Reads `10.0.1.50/24`, `fd00::50/64`, or either without prefix; null when it is none. */
export function parseIpInterfaceAddress(text: string): IpInterfaceAddress | null {
  const [, first = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseIpAddress(first);
  if (address === null) return null;
  const prefixLength = length === undefined ? null : Number(length);
  return prefixLength !== null && prefixLength > (address.family === 'IPv4' ? 32 : 128)
    ? null
    : { address, prefixLength };
}

/** The subnet as it is to be written, where something else than its first address stands before the prefix; null where that is right, or it is no subnet. */
export function firstOfSubnet(text: string): string | null {
  const parsed = parseIpInterfaceAddress(text);
  if (parsed === null || parsed.prefixLength === null) return null;
  const { address, prefixLength } = parsed;
  const bits = address.family === 'IPv4' ? 8 : 16;
  const groups = address.groups.map((group, index) => {
    const free = Math.min(bits, Math.max(0, (index + 1) * bits - prefixLength));
    return group - (group % 2 ** free);
  });
  if (groups.every((group, index) => group === address.groups[index])) return null;
  const first = address.family === 'IPv4' ? groups.join('.') : groups.map((group) => group.toString(16)).join(':');
  return `${first}/${prefixLength}`;
}

/** Why an address cannot be one that a single machine has; null when it can. */
export function unusableBecause({ family, groups }: IpAddress): string | null {
  const [first = 0] = groups;
  if (groups.every((group) => group === 0)) return 'it stands for every address';
  if (family === 'IPv4') {
    if (groups.every((group) => group === 255)) return 'it is the broadcast address';
    return first >= 224 && first < 240
      ? 'it is a multicast address'
      : first === 0 || first >= 240
        ? 'it is reserved'
        : null;
  }
  if (first >= 0xff00) return 'it is a multicast address';
  const [sixth, high = 0, low = 0] = groups.slice(5);
  if (sixth === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return `it is an IPv4 address: write ${[high >> 8, high & 255, low >> 8, low & 255].join('.')}`;
  }
  return (first & 0xffc0) === 0xfe80 ? 'it is valid on one link only and would need the name of an interface' : null;
}

/** Why an address with the length of its subnet is no host's; null when it is. An IPv4 subnet of two addresses has none that stand for something else. Source: RFC 3021. */
export function noHostBecause({ address, prefixLength }: IpInterfaceAddress): string | null {
  if (address.family !== 'IPv4' || prefixLength === null || prefixLength > 30) return null;
  const size = 2 ** (32 - prefixLength);
  const position = address.groups.reduce((number, group) => number * 256 + group, 0) % size;
  if (position === 0) return 'it stands for the whole subnet';
  return position === size - 1 ? 'it is the broadcast address of its subnet' : null;
}

/** Whether an address leads to the machine itself. */
export function isLoopback({ family, groups }: IpAddress): boolean {
  return family === 'IPv4'
    ? groups[0] === 127
    : groups.slice(0, -1).every((group) => group === 0) && groups.at(-1) === 1;
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const groups = parts.map(Number);
  return groups.every((group) => group <= 255) ? groups : null;
}

function parseIpv6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [left, right] = halves.map((half, index) => parseIpv6Groups(half, index === halves.length - 1));
  if (left === undefined || left === null || right === null) return null;
  if (right === undefined) return left.length === 8 ? left : null;
  const missing = 8 - left.length - right.length;
  return missing < 1 ? null : [...left, ...Array.from({ length: missing }, () => 0), ...right];
}

/** An IPv4 form may stand at the very end only. */
function parseIpv6Groups(text: string, isEnd: boolean): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && isEnd && index === parts.length - 1) {
      const ipv4 = parseIpv4(part);
      if (ipv4 === null) return null;
      const [a = 0, b = 0, c = 0, d = 0] = ipv4;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return groups;
}
