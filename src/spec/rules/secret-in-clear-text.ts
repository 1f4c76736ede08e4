import type { Rule } from '../rule.js';

/** Names of parameters that hold a secret. */
const SECRET = /passw(or)?d|passphrase|secret|token|api_?key|access_?key|community/i;

/** Names that only say where a secret is, or how it is got. */
const NO_SECRET = /(_script|_file|_path|_type|_prompt)$/i;

/** No secret of a fence device stands in the spec, which is copied to every node and kept in a repository. */
export const secretInClearText: Rule = {
  code: 'secret-in-clear-text',
  needsWhole: [],
  *check({ spec, source }) {
    for (const device of spec.fencing.devices) {
      for (const [name, value] of Object.entries(device.params)) {
        if (typeof value !== 'string' || value === '' || !SECRET.test(name) || NO_SECRET.test(name)) continue;
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
