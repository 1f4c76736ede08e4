import { declaredAgent, isOwnAgent } from '../declared-agent.js';
import type { Rule } from '../rule.js';

/** A resource has the parameters that its agent cannot do without. Those of fairlead's own agents have rules of their own. */
export const missingParameter: Rule = {
  code: 'missing-parameter',
  needsWhole: [],
  *check(context) {
    for (const { id, type, params } of context.spec.resources) {
      const agent = isOwnAgent(type) || !context.isWhole('resources', id) ? null : declaredAgent(context, type);
      if (agent === null) continue;
      for (const { name, required, default: usual } of agent.parameters) {
        if (!required || usual !== null || Object.hasOwn(params, name)) continue;
        yield {
          severity: 'error',
          message: `resource "${id}" has no parameter "${name}", which ${type} requires`,
          at: context.source.key('resources', id, 'params'),
          help: `add \`${name}:\` to its \`params\``,
        };
      }
    }
  },
};
