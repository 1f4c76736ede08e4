/**
 * What `ip -o monitor address link` says, a line for each change.
 *
 * Source: ip-monitor(8), iproute2 6.1; lines look like those of `ip -o address` and `ip -o link`, with "Deleted" before what went.
 */
import type { IpAddress } from './ip-address.js';
import { parseIpAddress } from './ip-address.js';

/**
 * A change.
 *
 * Shape: an address is lost when it was removed or the kernel found another machine that has it; a link when it has no carrier, is down or was removed.
 */
export type AddressEvent =
  | { readonly kind: 'address'; readonly address: IpAddress; readonly interfaceName: string; readonly isLost: boolean }
  | { readonly kind: 'link'; readonly interfaceName: string; readonly isLost: boolean };

const ADDRESS = /^(Deleted )?\d+: (\S+) +inet6? ([0-9A-Fa-f.:]+)(?:\/| peer )(.*)/;
const LINK = /^(Deleted )?\d+: ([^\s:@]+)(?:@[^\s:]+)?: <([^>]*)>/;

/** Reads a line; null for one that is about something else. */
export function readAddressEvent(line: string): AddressEvent | null {
  const [, removed, interfaceName = '', text = '', rest = ''] = ADDRESS.exec(line) ?? [];
  const address = parseIpAddress(text);
  if (address !== null) {
    const isLost = removed !== undefined || /\bdadfailed\b/.test(rest);
    return { kind: 'address', address, interfaceName, isLost };
  }
  const link = LINK.exec(line);
  if (link === null) return null;
  const flags = (link[3] ?? '').split(',');
  const isLost = link[1] !== undefined || !flags.includes('UP') || flags.includes('NO-CARRIER');
  return { kind: 'link', interfaceName: link[2] ?? '', isLost };
}
