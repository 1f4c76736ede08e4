import type { ResourceSpec } from '../model/cluster-spec.js';
import { parseAgentType } from './agent-type.js';

/**
 * Whether a resource can be brought down without its agent, and so within any time.
 *
 * A kept process and the processes of a systemd unit are killed by the kernel; an address is taken away by one call. What OCF and LSB scripts, or own commands, have
 * started is known to nobody but them.
 */
export function hasKillPath({ type, params }: ResourceSpec): boolean {
  const known = parseAgentType(type);
  switch (known?.kind) {
    case 'systemd':
      return true;
    case 'script':
      return Object.hasOwn(params, 'run');
    case 'builtin':
      return known.name !== 'aws-eip';
    default:
      return false;
  }
}

/** Whether it does no harm when a resource runs on after another node has taken it over. */
export function isHarmlessLate({ exclusive }: ResourceSpec): boolean {
  return exclusive === 'none' || exclusive === 'provider';
}
