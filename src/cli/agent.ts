/** Lists agents, shows what one declares, and runs an action of one by hand. */
import type { AgentMetadata, AgentParameter } from '../model/agent-catalogue.js';
import type { CommandCall } from './command.js';
import { usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { noSuchAgent } from './no-such-agent.js';
import { printable } from './paint.js';
import type { Cell } from './table.js';
import { alignRows, fold } from './table.js';

const USAGE =
  'usage: `fairlead agent list`, `fairlead agent show TYPE` or `fairlead agent run TYPE ACTION -p key=value`';

/** Runs `agent list`, `agent show TYPE` or `agent run TYPE ACTION`. */
export async function runAgent(call: CommandCall): Promise<ExitCode> {
  const [verb = '', ...rest] = call.operands;
  if (verb === 'list' && rest.length === 0) return runList(call);
  if (verb === 'show' && rest.length === 1) return runShow(call, rest[0] ?? '');
  if (verb === 'run' && rest.length === 2) return (await import('./agent-run.js')).runAgentAction(call);
  const needed = { show: 'TYPE', run: 'TYPE ACTION' }[verb];
  if (needed !== undefined) throw usageFailure(`\`fairlead agent ${verb}\` takes ${needed}`, USAGE);
  throw usageFailure(`\`fairlead agent\` does not know "${call.operands.join(' ')}"`, USAGE);
}

async function runList({ flags, terminal }: CommandCall): Promise<ExitCode> {
  const { listAgentTypes } = await import('../agents/list-agents.js');
  const agents = await readAgents(listAgentTypes());
  if (flags.text('output') === 'json') {
    const listed = agents.map(({ type, description }) => ({ type, description }));
    terminal.out(`${JSON.stringify({ agents: listed }, null, 2)}\n`);
    return EXIT.ok;
  }
  const rows = agents.map(({ type, description }) => [{ text: type }, { text: printable(description) }]);
  terminal.out(`${alignRows(rows, terminal.size().width).join('\n')}\n`);
  terminal.err('any unit of systemd is an agent, too: systemd:NAME\n');
  return EXIT.ok;
}

async function runShow({ flags, terminal }: CommandCall, type: string): Promise<ExitCode> {
  const [agent] = await readAgents([type]);
  if (agent === undefined) throw await noSuchAgent(type);
  const text =
    flags.text('output') === 'json'
      ? JSON.stringify(agent, null, 2)
      : agentPage(agent, terminal.size().width).join('\n');
  terminal.out(`${text}\n`);
  return EXIT.ok;
}

/** What an agent declares, as a page. */
export function agentPage(agent: AgentMetadata, width: number): string[] {
  const { type, description, parameters, actions, declared } = agent;
  const lines = [type, ...fold(printable(description), { width, indent: 0 })];
  if (!declared) return [...lines, 'it declares no parameters'];
  if (parameters.length > 0) lines.push('', 'parameters');
  for (const each of parameters) {
    const words = [
      each.type,
      ...(each.required ? ['required'] : []),
      ...(each.unique ? ['unique'] : []),
      ...(each.deprecated ? [deprecationOf(each)] : []),
      ...(each.default === null || each.default === '' ? [] : [`default "${printable(each.default)}"`]),
    ];
    lines.push(`  ${each.name} (${words.join(', ')})`);
    if (each.description !== '') lines.push(...fold(`      ${printable(each.description)}`, { width, indent: 6 }));
  }
  const rows: Cell[][] = actions.map(({ name, timeoutMs, intervalMs, depth }) => [
    { text: `  ${name}` },
    { text: timeoutMs === null ? '' : `timeout ${timeoutMs / 1000}s` },
    { text: intervalMs === null || intervalMs === 0 ? '' : `every ${intervalMs / 1000}s` },
    { text: depth === 0 ? '' : `depth ${depth}` },
  ]);
  return [...lines, '', 'actions, with the times that the agent advises', ...alignRows(rows, width)];
}

function deprecationOf({ replacedBy = [] }: AgentParameter): string {
  return replacedBy.length === 0 ? 'deprecated' : `deprecated, replaced by ${replacedBy.map(printable).join(', ')}`;
}

async function readAgents(types: readonly string[]): Promise<AgentMetadata[]> {
  const { readCatalogue } = await import('../agents/read-catalogue.js');
  const { agents } = await readCatalogue({ types });
  return types.flatMap((type) => agents[type] ?? []);
}
