import { CommandFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';

/** Says that an agent is not here, and which was perhaps meant. */
export async function noSuchAgent(type: string): Promise<CommandFailure> {
  const { listAgentTypes } = await import('../agents/list-agents.js');
  const tail = type.slice(type.lastIndexOf(':') + 1).toLowerCase();
  const meant = listAgentTypes().filter((each) => each.slice(each.lastIndexOf(':') + 1).toLowerCase() === tail);
  const help =
    meant.length > 0
      ? `did you mean ${meant.map((each) => `"${each}"`).join(' or ')}?`
      : '`fairlead agent list` shows what is here';
  return new CommandFailure(EXIT.failed, `there is no agent "${type}" on this machine`, { help });
}
