import { writtenInstead } from '../fence-parameters.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

/** A fence agent reads every parameter that the spec gives it. */
export const fenceParams: Rule = {
  code: 'fence-params',
  needsWhole: [],
  *check({ spec, source }): Iterable<Finding> {
    for (const device of spec.fencing.devices) {
      for (const name of Object.keys(device.params)) {
        const help = writtenInstead(name);
        if (help === undefined) continue;
        yield {
          severity: 'error',
          message: `fence device "${device.id}" cannot have the parameter "${name}": its agent would not get it as it is written`,
          at: source.key('fencing', 'devices', device.id, 'params', name),
          help,
        };
      }
    }
  },
};
