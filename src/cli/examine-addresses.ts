/** Whether this machine has the addresses that the spec gives to its node: without them no heartbeat passes. */
import type { networkInterfaces } from 'node:os';
import type { Examined } from '../agents/aws/examined.js';
import { isSameAddress, parseIpAddress } from '../agents/ip-address.js';
import type { Place } from '../model/source.js';

/** Looks each address up among those of the interfaces. Shape: `placeOf` tells where the spec has the address at an index. */
export function examineAddresses(options: {
  readonly addresses: readonly string[];
  readonly placeOf: (index: number) => Place;
  readonly interfaces: ReturnType<typeof networkInterfaces>;
}): Examined[] {
  const had = Object.entries(options.interfaces).flatMap(([name, entries = []]) =>
    entries.map(({ address, internal }) => ({ name, address, internal })),
  );
  return options.addresses.map((what, index): Examined => {
    const wanted = parseIpAddress(what);
    const found = had.find(({ address }) => {
      // What Node tells of a link-local address may bear its zone.
      const seen = parseIpAddress(address.split('%')[0] ?? '');
      return wanted !== null && seen !== null && isSameAddress(wanted, seen);
    });
    if (found !== undefined) return { what, state: 'ok', sentence: `it is on ${found.name}` };
    const loopback = had.find(({ internal }) => internal);
    // All of 127.0.0.0/8 is the machine's own without being listed.
    if (wanted?.family === 'ipv4' && wanted.text.startsWith('127.') && loopback !== undefined)
      return { what, state: 'ok', sentence: `it is on ${loopback.name}` };
    const { file, line, column } = options.placeOf(index);
    const has = had.map(({ name, address }) => `${address} on ${name}`).join(', ');
    const sentence = `this machine does not have it (${file}:${line}:${column}); it has ${has === '' ? 'no address at all' : has}`;
    return { what, state: 'missing', sentence };
  });
}
