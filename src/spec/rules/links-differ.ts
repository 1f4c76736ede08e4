import type { NodeSpec } from '../../model/cluster-spec.js';
import { isLoopback, parseIpAddress } from '../ip-address.js';
import type { IpAddress } from '../ip-address.js';
import type { Rule } from '../rule.js';

/** The addresses at one position of every node are one link: of one family, all on this machine or none, and every node has one. */
export const linksDiffer: Rule = {
  code: 'links-differ',
  needsWhole: ['nodes'],
  *check({ spec, source }) {
    const [first, ...others] = [...spec.nodes].sort((a, b) => b.addresses.length - a.addresses.length);
    if (first === undefined) return;
    for (const node of others) {
      // A witness is often reached over one way only; it is worth its vote all the same.
      if (node.role !== 'witness' && node.addresses.length < first.addresses.length) {
        const at = source.value('nodes', first.id, 'addresses');
        yield {
          severity: 'warning',
          message: `node "${node.id}" has ${count(node)}, and "${first.id}" has ${count(first)}`,
          at: source.value('nodes', node.id, 'addresses'),
          label: `it has no part in link ${node.addresses.length + 1}`,
          help: 'give every node an address for every link, in the same order',
          notes: [{ at, message: `"${first.id}" has more links` }],
        };
      }
      for (const [link, text] of node.addresses.entries()) {
        const own = parseIpAddress(text);
        const other = parseIpAddress(first.addresses[link] ?? '');
        const difference = own === null || other === null ? null : differenceOf(own, other);
        if (difference === null) continue;
        const at = source.value('nodes', first.id, 'addresses', link);
        yield {
          severity: 'error',
          message: `link ${link + 1} does not join "${first.id}" and "${node.id}"`,
          at: source.value('nodes', node.id, 'addresses', link),
          label: difference,
          help: 'the first addresses of all nodes are one link, the second ones another, and so on',
          notes: [{ at, message: `"${first.id}" has ${first.addresses[link] ?? ''}` }],
        };
      }
    }
  },
};

function count({ addresses }: NodeSpec): string {
  return addresses.length === 1 ? '1 address' : `${addresses.length} addresses`;
}

function differenceOf(own: IpAddress, other: IpAddress): string | null {
  if (own.family !== other.family) return `it is ${own.family}, the other ${other.family}`;
  if (isLoopback(own) === isLoopback(other)) return null;
  return isLoopback(own)
    ? 'it leads to the machine itself, the other does not'
    : 'the other leads to the machine itself';
}
