/**
 * The kinds of agents, by the form of a resource's type.
 *
 * Source: systemd.unit(5) for the names of units; names of OCF and LSB agents are file names.
 */

/** A type, taken apart. */
export type AgentType =
  | { readonly kind: 'ocf'; readonly provider: string; readonly name: string }
  | { readonly kind: 'systemd'; readonly unit: string }
  | { readonly kind: 'lsb'; readonly name: string }
  | { readonly kind: 'script' }
  | { readonly kind: 'builtin'; readonly name: string };

/** Agents that come with fairlead. */
export const builtinTypes = [
  'builtin:vip',
  'builtin:noop',
  'builtin:aws-eip',
  'builtin:aws-route',
  'builtin:aws-private-ip',
] as const;

const OCF = /^ocf:([A-Za-z0-9_][\w.-]*):([A-Za-z0-9_][\w.-]*)$/;
const SYSTEMD = /^systemd:([A-Za-z0-9_][\w:.\\@-]*)$/;
const LSB = /^lsb:([A-Za-z0-9_][\w.@-]*)$/;

/** Takes a type apart; null for one of no known form. */
export function parseAgentType(type: string): AgentType | null {
  if (type === 'script') return { kind: 'script' };
  const [, provider, ocfName] = OCF.exec(type) ?? [];
  if (provider !== undefined && ocfName !== undefined) return { kind: 'ocf', provider, name: ocfName };
  const unit = SYSTEMD.exec(type)?.[1];
  if (unit !== undefined) return { kind: 'systemd', unit };
  const lsbName = LSB.exec(type)?.[1];
  if (lsbName !== undefined) return { kind: 'lsb', name: lsbName };
  return builtinTypes.some((known) => known === type) ? { kind: 'builtin', name: type.slice('builtin:'.length) } : null;
}
