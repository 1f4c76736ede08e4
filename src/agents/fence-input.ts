/** What a fence agent reads, and how its secrets are kept out of everything else. */
import type { FenceDeviceSpec, SecretReference } from '../model/cluster-spec.js';
import { isSecretParameter } from '../model/fencing.js';
import type { FenceAgentNames } from './fence-metadata.js';

/** A secret's bytes, or why it cannot be read. */
export type ReadSecret = (
  reference: SecretReference,
) => { readonly kind: 'secret'; readonly bytes: Uint8Array } | { readonly kind: 'unreadable'; readonly why: string };

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
    const text = typeof value === 'string' ? value : textOf(readSecret(value));
    if (typeof text !== 'string') return { kind: 'unreadable', why: `${name} cannot be read: ${text.why}` };
    if (/[\n\r\0]/.test(text)) return { kind: 'unreadable', why: `${name} has more than one line` };
    if (typeof value !== 'string' || isSecretParameter(name)) secrets.push(text);
    lines.push(`${name}=${text}`);
  }
  return { kind: 'parameters', lines, secrets };
}

/** A secret without the line end that files have. */
function textOf(secret: ReturnType<ReadSecret>): string | { readonly why: string } {
  if (secret.kind === 'unreadable') return secret;
  return Buffer.from(secret.bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
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

/** Takes secrets out of a text, as they are and in the forms in which programs print and send them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => (secret === '' ? [] : formsOf(secret)));
  // The longest first, so that no part of one is left beside what stands for another.
  const inOrder = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return inOrder.reduce((left, form) => left.replaceAll(form, '[secret]'), text);
}

function formsOf(secret: string): string[] {
  const quoted = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64');
  return [
    secret,
    quoted,
    quoted.replaceAll("'", "\\'"),
    secret.replaceAll("'", "\\'"),
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    encodeURIComponent(secret),
    encodeURI(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    base64,
    base64.replace(/=+$/, ''),
  ];
}
