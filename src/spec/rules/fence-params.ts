import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

/**
 * Parameters that no fence agent gets as they are written, with what is written instead.
 *
 * Source: `action` and `option`: FenceAgentAPI of ClusterLabs/fence-agents, said by each call. `pcmk_*`: pacemaker-fenced(7), read by Pacemaker before its agents.
 */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/^(action|option|pcmk_(off|reboot)_action)$/, 'write `action: off` or `action: reboot` beside `agent:`'],
  [/^pcmk_host_(list|check)$/, 'name the nodes under `nodes:`'],
  [/^pcmk_host_map$/, 'name the plug of each node under `plugs:`'],
  [/^pcmk_delay_(base|max)$/, 'write `delay: { base, random }` beside `agent:`'],
  [/^pcmk_(off|reboot|on|status|monitor)_timeout$/, 'write `timeout:` beside `agent:`'],
  [/^pcmk_(off|reboot|on|status|monitor)_retries$/, 'write `retries:` beside `agent:`'],
  [/^pcmk_/, 'it is a word of Pacemaker that no agent reads: take it out'],
];

/** A fence agent reads every parameter that the spec gives it. */
export const fenceParams: Rule = {
  code: 'fence-params',
  needsWhole: ['fencing'],
  *check({ spec, source }): Iterable<Finding> {
    for (const device of spec.fencing.devices) {
      for (const name of Object.keys(device.params)) {
        const instead = INSTEAD.find(([pattern]) => pattern.test(name));
        if (instead === undefined) continue;
        yield {
          severity: 'error',
          message: `fence device "${device.id}" cannot have the parameter "${name}": its agent would not get it as it is written`,
          at: source.key('fencing', 'devices', device.id, 'params', name),
          help: instead[1],
        };
      }
    }
  },
};
