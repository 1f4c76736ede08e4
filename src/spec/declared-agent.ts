import type { AgentMetadata } from '../model/agent-catalogue.js';
import type { RuleContext } from './rule.js';

/** What the agent of a type declares; null where it is not known or declares nothing. */
export function declaredAgent({ catalogue }: Pick<RuleContext, 'catalogue'>, type: string): AgentMetadata | null {
  if (catalogue === null || !Object.hasOwn(catalogue.agents, type)) return null;
  const metadata = catalogue.agents[type] ?? null;
  return metadata?.declared === true ? metadata : null;
}

/** Whether a type is one of fairlead's own, whose parameters are surely known. */
export function isOwnAgent(type: string): boolean {
  return type === 'script' || type.startsWith('builtin:');
}
