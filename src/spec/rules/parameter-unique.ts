import { claimedAddresses } from '../claimed-addresses.js';
import { declaredAgent } from '../declared-agent.js';
import type { Rule } from '../rule.js';

/** Two resources of one agent do not share what the agent declares as unique. Addresses have a rule of their own. */
export const parameterUnique: Rule = {
  code: 'parameter-unique',
  needsWhole: [],
  *check(context) {
    const addresses = new Set(claimedAddresses(context.spec.resources).map((each) => each.path.join('\n')));
    const first = new Map<string, string>();
    for (const { id, type, params } of context.spec.resources) {
      const agent = declaredAgent(context, type);
      if (agent === null) continue;
      for (const { name, unique } of agent.parameters) {
        if (!unique || !Object.hasOwn(params, name)) continue;
        const path = ['resources', id, 'params', name];
        if (addresses.has(path.join('\n'))) continue;
        const key = JSON.stringify([type, name, params[name]]);
        const before = first.get(key);
        if (before === undefined) {
          first.set(key, id);
          continue;
        }
        const at = context.source.value('resources', before, 'params', name);
        yield {
          severity: 'warning',
          message: `resources "${before}" and "${id}" have the same "${name}", which ${type} wants to be unique`,
          at: context.source.value(...path),
          notes: [{ at, message: `"${before}" has it here` }],
        };
      }
    }
  },
};
