import { parseIpAddress } from '../ip-address.js';
import type { Rule } from '../rule.js';
import { parseTarget } from '../target.js';

/** A ping asks addresses: where names cannot be looked up, a host with a name is not reached, whatever the network does. */
export const pingHostIsName: Rule = {
  code: 'ping-host-is-name',
  needsWhole: [],
  *check({ spec, source }) {
    for (const { id, hosts } of spec.pings) {
      for (const [index, { host, text }] of hosts.entries()) {
        if (parseIpAddress(host.split('%')[0] ?? host) !== null || parseTarget(text).kind === 'bad') continue;
        yield {
          severity: 'warning',
          message: `ping "${id}" asks "${host}" by name`,
          at: source.value('pings', id, 'hosts', index),
          label: 'without name service it counts as unreachable',
          help: 'write its IP address',
        };
      }
    }
  },
};
