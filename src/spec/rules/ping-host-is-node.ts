import { isLoopback, parseIpAddress } from '../ip-address.js';
import { hasLoopbackNode } from '../loopback-nodes.js';
import type { Rule } from '../rule.js';

/** A ping asks for the world outside, not for a node, nor at a loopback address: a node always reaches itself. */
export const pingHostIsNode: Rule = {
  code: 'ping-host-is-node',
  needsWhole: [],
  *check({ spec, source }) {
    const nodes = new Map<string, string>();
    for (const { id, addresses } of spec.nodes) {
      for (const text of addresses) nodes.set(parseIpAddress(text)?.text ?? text, id);
    }
    const isOneMachine = hasLoopbackNode(spec);
    for (const ping of spec.pings) {
      for (const [index, { host }] of ping.hosts.entries()) {
        const address = parseIpAddress(host);
        if (address !== null && isLoopback(address) && !isOneMachine) {
          yield {
            severity: 'warning',
            message: `ping "${ping.id}" asks ${host}, which is each node itself`,
            at: source.value('pings', ping.id, 'hosts', index),
            label: 'a node always reaches itself',
            help: 'ask a router or a server outside the cluster',
          };
        }
        const node = nodes.get(address?.text ?? host);
        if (node === undefined) continue;
        yield {
          severity: 'warning',
          message: `ping "${ping.id}" asks node "${node}"`,
          at: source.value('pings', ping.id, 'hosts', index),
          label: `"${node}" always reaches itself, and when it dies nobody does`,
          help: 'ask a router or a server outside the cluster',
        };
      }
    }
  },
};
