import { claimedAddresses } from '../claimed-addresses.js';
import { parseIpAddress, parseIpInterfaceAddress, unusableBecause } from '../ip-address.js';
import type { Rule } from '../rule.js';

/** Addresses are IP addresses that one machine can have. The parameters of builtin:vip are judged by a rule of their own. */
export const badAddress: Rule = {
  code: 'bad-address',
  needsWhole: [],
  *check({ spec, source }) {
    for (const { id, addresses } of spec.nodes) {
      for (const [index, text] of addresses.entries()) {
        const why = whyUnusable(text);
        if (why === null) continue;
        yield {
          severity: 'error',
          message: `"${text}" cannot be an address of node "${id}"`,
          at: source.value('nodes', id, 'addresses', index),
          label: why,
        };
      }
    }
    for (const { kind, resource, path, text, address } of claimedAddresses(spec.resources)) {
      const isOcfAddress = kind === 'ip' && path.at(-1) !== 'address';
      if (!isOcfAddress) continue;
      const why = address === null ? 'it is no IP address' : unusableBecause(address);
      if (why === null) continue;
      yield {
        severity: 'error',
        message: `"${text}" cannot be the address of resource "${resource}"`,
        at: source.value(...path),
        label: why,
      };
    }
  },
};

function whyUnusable(text: string): string | null {
  const address = parseIpAddress(text);
  if (address !== null) return unusableBecause(address);
  if (parseIpInterfaceAddress(text) !== null) return 'write it without the length of the subnet';
  return 'it is no IP address; names are not looked up, since that may fail just when it matters';
}
