import type { Rule } from '../rule.js';

/** An absolute ping has more than one host: with one, the host's own failure takes every group down that requires it. */
export const pingAbsoluteSingleTarget: Rule = {
  code: 'ping-absolute-single-target',
  needsWhole: [],
  *check({ spec, source }) {
    for (const { id, mode, hosts } of spec.pings) {
      if (mode !== 'absolute' || hosts.length > 1) continue;
      yield {
        severity: 'warning',
        message: `ping "${id}" is absolute and has a single host`,
        at: source.value('pings', id, 'mode'),
        label: `when ${hosts[0]?.text ?? 'it'} fails, every group that requires it stops everywhere`,
        help: 'add a host, or write `mode: relative`',
      };
    }
  },
};
