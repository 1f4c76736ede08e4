import type { AgentMetadata } from '../../model/agent-catalogue.js';
import { fenceAgentType } from '../../model/agent-catalogue.js';
import { declaredAgent } from '../declared-agent.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';
import { listNames } from '../rule.js';

/** A parameter that its agent is about to do without is written otherwise before the agent's next version. */
export const deprecatedParameter: Rule = {
  code: 'deprecated-parameter',
  needsWhole: [],
  *check(context) {
    const { source, spec } = context;
    for (const { id, type, params } of spec.resources) {
      const agent = declaredAgent(context, type);
      if (agent === null) continue;
      for (const name of Object.keys(params)) {
        const words = wordsOf(agent, { agent: type, name, params });
        if (words !== null) yield { severity: 'warning', at: source.key('resources', id, 'params', name), ...words };
      }
    }
    for (const { id, agent: fenceAgent, params } of spec.fencing.devices) {
      const agent = declaredAgent(context, fenceAgentType(fenceAgent));
      if (agent === null) continue;
      for (const written of Object.keys(params)) {
        const words = wordsOf(agent, { agent: fenceAgent, name: written.replaceAll('-', '_'), params });
        const at = source.key('fencing', 'devices', id, 'params', written);
        if (words !== null) yield { severity: 'warning', at, ...words };
      }
    }
  },
};

function wordsOf(
  { parameters }: AgentMetadata,
  use: { readonly agent: string; readonly name: string; readonly params: object },
): Pick<Finding, 'message' | 'help'> | null {
  const { agent, name, params } = use;
  const declared = parameters.find((each) => each.name === name);
  if (declared?.deprecated !== true) return null;
  const instead = declared.replacedBy ?? [];
  const isThere = instead.some((each) => Object.hasOwn(params, each));
  const help = isThere
    ? 'take it out; what replaces it is written as well'
    : `write ${listNames(instead.map((each) => `\`${each}\``))} instead`;
  return {
    message: `"${name}" of ${agent} is deprecated`,
    ...(instead.length === 0 ? {} : { help }),
  };
}
