/** `builtin:noop`: does nothing but remember whether it was started, in a file, so that a restarted daemon finds it as it was. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../model/operation.js';
import type { Agent, AgentCall } from './agent.js';
import { fileNameOf } from './file-name.js';
import { DONE, RUNNING, STOPPED } from './outcome.js';

/** Makes the agent. Shape: `folder` is on a tmpfs, so that nothing is remembered over a boot. */
export function noopAgent(options: { readonly folder: string }): Agent {
  const { folder } = options;
  const pathOf = ({ operation }: AgentCall): string => join(folder, fileNameOf(operation.resource.id));
  const look = async (call: AgentCall): Promise<Outcome> => (existsSync(pathOf(call)) ? RUNNING : STOPPED);
  const start = async (call: AgentCall): Promise<Outcome> => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(pathOf(call), '');
    return DONE;
  };
  const stop = async (call: AgentCall): Promise<Outcome> => {
    rmSync(pathOf(call), { force: true });
    return DONE;
  };
  return { probe: look, monitor: look, start, stop, kill: stop };
}
