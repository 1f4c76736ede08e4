import type { Rule } from '../rule.js';

/** A ping does not need more hosts than it has. */
export const pingNeed: Rule = {
  code: 'ping-need',
  needsWhole: [],
  *check({ spec, source }) {
    for (const { id, need, hosts } of spec.pings) {
      if (need <= hosts.length) continue;
      yield {
        severity: 'error',
        message: `ping "${id}" needs ${need} hosts and has ${hosts.length}`,
        at: source.value('pings', id, 'need'),
        label: 'it can never be met',
        help: `write \`need: all\`, or ${hosts.length} or less`,
      };
    }
  },
};
