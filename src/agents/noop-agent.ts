/** `builtin:noop`: does nothing but remember whether it was started, in a file, so that a restarted daemon finds it as it was. */
import type { Agent, AgentCall } from './agent.js';
import { DONE, RUNNING, STOPPED } from './outcome.js';
import { runMarks } from './run-marks.js';

/** Makes the agent. Shape: `folder` is on a tmpfs, so that nothing is remembered over a boot. */
export function noopAgent(options: { readonly folder: string }): Agent {
  const marks = runMarks(options.folder);
  const look = async ({ operation }: AgentCall) => (marks.has(operation.resource.id) ? RUNNING : STOPPED);
  const start = async ({ operation }: AgentCall) => {
    marks.set(operation.resource.id);
    return DONE;
  };
  const stop = async ({ operation }: AgentCall) => {
    marks.clear(operation.resource.id);
    return DONE;
  };
  return { probe: look, monitor: look, start, stop, kill: stop };
}
