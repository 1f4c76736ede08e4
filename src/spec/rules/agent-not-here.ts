import { fenceAgentType } from '../../model/agent-catalogue.js';
import type { Rule } from '../rule.js';
import { listNames } from '../rule.js';

/** The agents of a spec are there where it is validated. Told once for each agent. */
export const agentNotHere: Rule = {
  code: 'agent-not-here',
  needsWhole: [],
  *check({ spec, source, catalogue }) {
    if (catalogue === null) return;
    const missing = new Map<string, string[]>();
    for (const { id, type } of spec.resources) {
      if (!Object.hasOwn(catalogue.agents, type) || catalogue.agents[type] !== null) continue;
      const known = missing.get(type);
      if (known === undefined) missing.set(type, [id]);
      else known.push(id);
    }
    for (const { id, agent } of spec.fencing.devices) {
      if (catalogue.agents[fenceAgentType(agent)] !== null) continue;
      yield {
        severity: 'warning',
        message: `${agent} is not on ${placeOf(catalogue.source)}`,
        at: source.value('fencing', 'devices', id, 'agent'),
        label: `"${id}" cannot be used where it is missing`,
        help: 'install it on every node (Debian: fence-agents); its parameters were not checked',
      };
    }
    for (const [type, resources] of missing) {
      const [first = ''] = resources;
      yield {
        severity: 'warning',
        message: `${type} is not on ${placeOf(catalogue.source)}`,
        at: source.value('resources', first, 'type'),
        label: `${listNames(resources.map((id) => `"${id}"`))} cannot start where it is missing`,
        help: 'install it on every node that may run the group; its parameters were not checked',
      };
    }
  },
};

function placeOf(source: string): string {
  return source === 'this machine' ? source : `"${source}"`;
}
