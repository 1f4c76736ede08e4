import type { Rule } from '../rule.js';
import { parseTarget } from '../target.js';

/** What a ping asks can be asked: an address, a port of one, or a URL. */
export const badTarget: Rule = {
  code: 'bad-target',
  needsWhole: [],
  *check({ spec, source }) {
    for (const { id, hosts } of spec.pings) {
      for (const [index, { text }] of hosts.entries()) {
        const target = parseTarget(text);
        if (target.kind !== 'bad') continue;
        yield {
          severity: 'error',
          message: `ping "${id}" cannot ask "${text}"`,
          at: source.value('pings', id, 'hosts', index),
          label: target.why,
          ...(target.meant === undefined
            ? { help: 'write an IP address, `tcp:HOST:PORT`, or an http:// or https:// URL' }
            : { help: `did you mean "${target.meant}"?` }),
        };
      }
    }
  },
};
