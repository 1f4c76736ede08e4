import { claimedAddresses } from '../claimed-addresses.js';
import { parseIpAddress } from '../ip-address.js';
import type { Rule, RuleContext } from '../rule.js';
import type { Mark } from '../source-index.js';

interface Owner {
  readonly words: string;
  readonly at: () => Mark;
}

/** An address that moves between nodes is none that a node keeps, and none that stands for the outside world. */
export const addressOfNode: Rule = {
  code: 'address-of-node',
  needsWhole: [],
  *check(context) {
    const owners = ownersOf(context);
    for (const { kind, resource, path, text, address } of claimedAddresses(context.spec.resources)) {
      const owner = kind === 'ip' && address !== null ? owners.get(address.text) : undefined;
      if (owner === undefined) continue;
      yield {
        severity: 'error',
        message: `resource "${resource}" moves the address ${text}, which ${owner.words}`,
        at: context.source.value(...path),
        help: 'an address that moves must belong to nothing else',
        notes: [{ at: owner.at(), message: `it ${owner.words}` }],
      };
    }
  },
};

function ownersOf({ spec, source }: RuleContext): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const { id, hosts } of spec.pings) {
    for (const [index, { host }] of hosts.entries()) {
      const address = parseIpAddress(host);
      const at = (): Mark => source.value('pings', id, 'hosts', index);
      if (address !== null) owners.set(address.text, { words: `is asked by ping "${id}"`, at });
    }
  }
  for (const { id, addresses } of spec.nodes) {
    for (const [index, text] of addresses.entries()) {
      const address = parseIpAddress(text);
      const at = (): Mark => source.value('nodes', id, 'addresses', index);
      if (address !== null) owners.set(address.text, { words: `belongs to node "${id}"`, at });
    }
  }
  return owners;
}
