/** Reads what the agents of a spec declare of themselves, from this machine or from a folder of metadata files. */
import type { AgentCatalogue, AgentMetadata } from '../model/agent-catalogue.js';
import type { WhereAgentsAre } from './installed-agents.js';
import { OWN_AGENTS } from './own-agents.js';

/** What to read, and where. */
export interface ReadCatalogueOptions extends WhereAgentsAre {
  /** Types to look for; one that is of no known form is left out of the answer. */
  readonly types: readonly string[];
}

/** Agents that are asked for their metadata at once. Ours: they are shell scripts, and the machine has other work. */
const ASKED_AT_ONCE = 4;

/** Reads the catalogue. Shape: an agent that is there and whose metadata cannot be read counts as declaring nothing. Errors: none; what cannot be read is not there. */
export async function readCatalogue(options: ReadCatalogueOptions): Promise<AgentCatalogue> {
  const types = [...new Set(options.types)];
  const found = new Map<string, AgentMetadata | null>();
  for (const type of types) {
    const own = Object.hasOwn(OWN_AGENTS, type) ? OWN_AGENTS[type] : undefined;
    if (own !== undefined) found.set(type, own);
  }
  const others = types.filter((type) => !found.has(type));
  if (others.length > 0) await readInstalled(others, { options, found });
  const agents = Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  const source = options.metadataDir ?? 'this machine';
  if (options.metadataDir !== undefined || ![...found.values()].includes(null)) return { agents, source };
  const { listAgentTypes } = await import('./list-agents.js');
  return { agents, installed: listAgentTypes(options), source };
}

/** What it takes to ask an agent is loaded only where there is one that is not fairlead's own. */
async function readInstalled(
  types: readonly string[],
  into: { readonly options: WhereAgentsAre; readonly found: Map<string, AgentMetadata | null> },
): Promise<void> {
  const { installedAgents } = await import('./installed-agents.js');
  const readAgent = installedAgents(into.options);
  const waiting = [...types];
  const readNext = async (): Promise<void> => {
    for (let type = waiting.shift(); type !== undefined; type = waiting.shift()) {
      const metadata = await readAgent(type);
      if (metadata !== undefined) into.found.set(type, metadata);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, readNext));
}
