import { builtinTypes, parseAgentType } from '../agent-type.js';
import type { Rule } from '../rule.js';
import { didYouMean } from '../suggest.js';
import type { Suggest } from '../suggest.js';

/** The type of a resource has one of the forms that fairlead knows. Whether the agent is installed is another question. */
export const unknownAgent: Rule = {
  code: 'unknown-agent',
  needsWhole: [],
  *check({ spec, source, suggest }) {
    for (const { id, type } of spec.resources) {
      if (parseAgentType(type) !== null) continue;
      const isFence = /^(stonith:|fence_)/.test(type);
      yield {
        severity: 'error',
        message: `resource "${id}" has the type "${type}", which is no agent`,
        at: source.value('resources', id, 'type'),
        ...(isFence ? {} : didYouMean(meantBy(type, suggest))),
        help: isFence
          ? 'fence agents stand under `fencing:`'
          : `types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, ${builtinTypes.join(', ')}`,
      };
    }
  },
};

/** What other cluster managers call it, or a slip of the pen. */
function meantBy(type: string, suggest: Suggest): string | null {
  const [, provider, name] = /^(?:ocf)?::?([\w.-]+):([\w.-]+)$/.exec(type) ?? [];
  if (type.startsWith('ocf') && provider !== undefined && name !== undefined) return `ocf:${provider}:${name}`;
  if (/^(heartbeat|pacemaker|linbit|redhat):[\w.-]+$/.test(type)) return `ocf:${type}`;
  const service = /^(?:service|upstart):(.+)$/.exec(type)?.[1];
  if (service !== undefined) return `systemd:${service}`;
  if (type.endsWith('.service')) return `systemd:${type}`;
  const written = type
    .replace(/\s/g, '')
    .replace(/^(systemd|lsb)[./]/, '$1:')
    .replace(/^(lsb:)?\/etc\/init\.d\//, 'lsb:');
  if (written !== type && parseAgentType(written) !== null) return written;
  const own = builtinTypes.find((each) => each === `builtin:${type.toLowerCase()}`);
  return own ?? suggest(type, [...builtinTypes, 'script']) ?? nameAlone(type);
}

/** OCF agents are mostly named in capitals, units in small letters. */
function nameAlone(type: string): string | null {
  if (!/^[\w-]+$/.test(type)) return null;
  return /^[A-Z]/.test(type) ? `ocf:heartbeat:${type}` : `systemd:${type}`;
}
