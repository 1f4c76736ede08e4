/** Reads what a ping or a check asks: an address, `tcp:HOST:PORT`, or a URL. */
import type { Target } from '../model/target.js';
import { parseIpAddress } from './ip-address.js';

/** A text that names nothing that can be asked, with the reason and, where one is near, what may have been meant. */
export interface BadTarget {
  readonly kind: 'bad';
  readonly why: string;
  readonly meant?: string;
}

const TCP = 'tcp:';

/** What a ping's host stands for. */
export function parseTarget(text: string): Target | BadTarget {
  if (/^https?:\/\//i.test(text)) return parseUrl(text);
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text) ?? [];
  if (scheme !== undefined) return bad(`"${scheme}" is not asked; an address, tcp:HOST:PORT, http:// and https:// are`);
  if (text.startsWith(TCP)) {
    const target = parseHostPort(text.slice(TCP.length));
    return target.kind === 'bad' ? { ...target, ...meantTcp(target.meant) } : { ...target, text };
  }
  if (isHost(text)) return { kind: 'icmp', text, host: text };
  const withPort = parseHostPort(text);
  return withPort.kind === 'bad'
    ? bad('it is neither an IP address nor a host name')
    : bad('an echo request has no port', `${TCP}${text}`);
}

/** Reads `HOST:PORT`, with an IPv6 address in brackets. */
export function parseHostPort(text: string): (Target & { readonly kind: 'tcp' }) | BadTarget {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || digits === undefined) {
    const [, address = '', port = ''] = /^(.*:.*):(\d{1,5})$/.exec(text) ?? [];
    if (isIpv6(address)) return bad('an IPv6 address with a port stands in brackets', `[${address}]:${port}`);
    return bad('it has no port: write HOST:PORT');
  }
  if (bracketed === undefined ? !isHost(host) : !isIpv6(host)) return bad(`"${host}" is no ${nameOf(bracketed)}`);
  const port = parsePort(digits);
  return port === null ? bad(`"${digits}" is no port; a port is 1 to 65535`) : { kind: 'tcp', text, host, port };
}

/** Reads an `http://` or `https://` URL. */
export function parseUrl(text: string): (Target & { readonly kind: 'http' }) | BadTarget {
  const [, authority] = /^https?:\/\/([^/?#]*)(?:[/?][!-~]*)?$/i.exec(text) ?? [];
  if (text.includes('#')) return bad('what stands behind "#" is never sent');
  if (authority === undefined) return bad('it is no URL of the form http://HOST:PORT/PATH');
  if (authority.includes('@')) return bad('a user or password may not stand in it: a spec is copied to every node');
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(authority) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return bad(`"${authority}" is no host with a port`);
  if (bracketed === undefined ? !isHost(host) : parseIpAddress(host)?.family !== 'IPv6') {
    return bad(`"${host}" is no ${nameOf(bracketed)}`);
  }
  if (digits !== undefined && parsePort(digits) === null) return bad(`"${digits}" is no port; a port is 1 to 65535`);
  return { kind: 'http', text, host };
}

function bad(why: string, meant?: string): BadTarget {
  return meant === undefined ? { kind: 'bad', why } : { kind: 'bad', why, meant };
}

function meantTcp(meant: string | undefined): { readonly meant?: string } {
  return meant === undefined ? {} : { meant: `${TCP}${meant}` };
}

function nameOf(bracketed: string | undefined): string {
  return bracketed === undefined ? 'IP address and no host name' : 'IPv6 address';
}

function isIpv6(text: string): boolean {
  return isZoned(text) && parseIpAddress(text.split('%')[0] ?? '')?.family === 'IPv6';
}

/** An address, or a name; one whose last part is a number would be read as an address by some programs and not by others. */
function isHost(text: string): boolean {
  if (parseIpAddress(text) !== null || isIpv6(text)) return true;
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text) && text.length <= HOST_LENGTH_MAX && !/(^|\.)\d+\.?$/.test(text);
}

/** Source: RFC 1035 section 2.3.4. */
const HOST_LENGTH_MAX = 253;

function isZoned(text: string): boolean {
  return /^[^%]+(%[A-Za-z0-9._-]+)?$/.test(text);
}

function parsePort(digits: string): number | null {
  const port = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}
