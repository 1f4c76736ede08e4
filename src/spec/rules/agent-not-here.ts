import { fenceAgentType } from '../../model/agent-catalogue.js';
import type { AgentCatalogue } from '../../model/agent-catalogue.js';
import { parseAgentType } from '../agent-type.js';
import type { Rule } from '../rule.js';
import { listNames } from '../rule.js';
import type { Suggest } from '../suggest.js';

/** The agents of a spec are there where it is validated. Told once for each agent. */
export const agentNotHere: Rule = {
  code: 'agent-not-here',
  needsWhole: [],
  *check({ spec, source, catalogue, suggest }) {
    if (catalogue === null) return;
    const missing = new Map<string, string[]>();
    for (const { id, type } of spec.resources) {
      if (!Object.hasOwn(catalogue.agents, type) || catalogue.agents[type] !== null) continue;
      if (parseAgentType(type) === null) continue;
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
        help: `${insteadOf(type, { catalogue, suggest })}install it on every node that may run the group; its parameters were not checked`,
      };
    }
  },
};

/** What was perhaps meant, as the beginning of a sentence; empty for nothing. */
function insteadOf(
  type: string,
  { catalogue, suggest }: { readonly catalogue: AgentCatalogue; readonly suggest: Suggest },
): string {
  if (type === 'ocf:pacemaker:ping') return '`pings:` asks in its place, on every node; otherwise ';
  const kind = type.slice(0, type.lastIndexOf(':') + 1);
  const names = (catalogue.installed ?? [])
    .filter((each) => each.startsWith(kind))
    .map((each) => each.slice(kind.length));
  const meant = suggest(type.slice(kind.length), names);
  return meant === null ? '' : `did you mean "${kind}${meant}"? Otherwise `;
}

function placeOf(source: string): string {
  return source === 'this machine' ? source : `"${source}"`;
}
