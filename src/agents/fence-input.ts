/** What a fence agent reads. */
import type { FenceDeviceSpec } from '../model/cluster-spec.js';
import { isSecretParameter } from '../model/fencing.js';
import type { FenceAgentNames } from './fence-metadata.js';
import type { ReadSecret } from './secret-text.js';
import { secretText } from './secret-text.js';

/** The parameters of a device with its secrets; to be dropped as soon as the agent has them. */
export type FenceParameters =
  | { readonly kind: 'parameters'; readonly lines: readonly string[]; readonly secrets: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Parameters that say what to do; the call does. */
const OF_THE_CALL = ['action', 'option'];

/** The lines of a device's parameters. Secrets are read at each call, so that a changed one is used without a restart, and so that none stays in memory. */
export function readParameters(device: FenceDeviceSpec, readSecret: ReadSecret): FenceParameters {
  const lines: string[] = [];
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(device.params)) {
    if (OF_THE_CALL.includes(name)) continue;
    const text = secretText(value, readSecret);
    if (typeof text !== 'string') return { kind: 'unreadable', why: `${name} cannot be read: ${text.why}` };
    if (/[\n\r\0]/.test(text)) return { kind: 'unreadable', why: `${name} has more than one line` };
    if (typeof value !== 'string' || isSecretParameter(name)) secrets.push(text);
    lines.push(`${name}=${text}`);
  }
  return { kind: 'parameters', lines, secrets };
}

/**
 * Everything that one call of an agent reads.
 *
 * Shape: `name=value` lines. The node stands in the parameter by which the agent knows nodes, unless the device's own parameters say it; an agent that declares none gets `nodename`, which the interface
 * lets it ignore.
 * Source: FenceAgentAPI of ClusterLabs/fence-agents.
 */
export function fenceInput(options: {
  readonly device: FenceDeviceSpec;
  readonly node: string;
  readonly action: string;
  readonly names: FenceAgentNames;
  readonly lines: readonly string[];
}): string {
  const { device, node, action, names, lines } = options;
  const plugName = ['plug', 'port'].find((name) => names.parameters.has(name)) ?? 'nodename';
  const isSaid = ['plug', 'port', plugName].some((name) => Object.hasOwn(device.params, name));
  const plug = isSaid ? [] : [`${plugName}=${plugOf(device, node)}`];
  return [...lines, `action=${action}`, ...plug, ''].join('\n');
}

/** What the device calls a node. */
export function plugOf({ plugs }: FenceDeviceSpec, node: string): string {
  return (Object.hasOwn(plugs, node) ? plugs[node] : undefined) ?? node;
}
