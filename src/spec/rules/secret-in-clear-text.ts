import { isSecretParameter } from '../../model/fencing.js';
import type { Rule } from '../rule.js';

/** No secret of a fence device stands in the spec, which is copied to every node and kept in a repository. */
export const secretInClearText: Rule = {
  code: 'secret-in-clear-text',
  needsWhole: [],
  *check({ spec, source }) {
    for (const device of spec.fencing.devices) {
      for (const [name, value] of Object.entries(device.params)) {
        if (typeof value !== 'string' || value === '' || !isSecretParameter(name)) continue;
        yield {
          severity: 'warning',
          message: `\`${name}\` of fence device "${device.id}" stands in the spec for everybody to read`,
          at: source.key('fencing', 'devices', device.id, 'params', name),
          help: `write \`${name}: { file: /etc/fairlead/NAME }\` or \`{ env: NAME }\``,
        };
      }
    }
  },
};
