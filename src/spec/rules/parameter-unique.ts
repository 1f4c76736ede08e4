import type { AgentParameter } from '../../model/agent-catalogue.js';
import type { ResourceSpec } from '../../model/cluster-spec.js';
import { claimedAddresses } from '../claimed-addresses.js';
import { declaredAgent } from '../declared-agent.js';
import type { Rule } from '../rule.js';

/** Two resources of one agent do not share what the agent declares as unique, alone or together. Addresses have a rule of their own. */
export const parameterUnique: Rule = {
  code: 'parameter-unique',
  needsWhole: [],
  *check(context) {
    const addresses = new Set(claimedAddresses(context.spec.resources).map((each) => each.path.join('\n')));
    const first = new Map<string, string>();
    for (const { id, type, params } of context.spec.resources) {
      const agent = declaredAgent(context, type);
      if (agent === null) continue;
      for (const together of uniqueSets(agent.parameters)) {
        // What the spec says itself is shown; the agent's default may stand beside it.
        const said = together.find(({ name }) => Object.hasOwn(params, name));
        if (said === undefined) continue;
        const path = ['resources', id, 'params', said.name];
        if (addresses.has(path.join('\n'))) continue;
        const key = JSON.stringify([type, together.map((each) => [each.name, givenOrUsual(each, params)])]);
        const before = first.get(key);
        if (before === undefined) {
          first.set(key, id);
          continue;
        }
        const names = together.map(({ name }) => `"${name}"`).join(' and ');
        const at = context.source.value('resources', before, 'params', said.name);
        yield {
          severity: 'warning',
          message: `resources "${before}" and "${id}" have the same ${names}, which ${type} wants to be unique${together.length > 1 ? ' together' : ''}`,
          at: context.source.value(...path),
          notes: [{ at, message: `"${before}" has it here` }],
        };
      }
    }
  },
};

/** Parameters that are unique, those of one group together. */
function uniqueSets(parameters: readonly AgentParameter[]): AgentParameter[][] {
  const groups = new Map<string, AgentParameter[]>();
  for (const each of parameters) {
    if (!each.unique) continue;
    const key = each.uniqueGroup === undefined ? `alone ${each.name}` : `group ${each.uniqueGroup}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

function givenOrUsual({ name, default: usual }: AgentParameter, params: ResourceSpec['params']): unknown {
  return Object.hasOwn(params, name) ? params[name] : usual;
}
