import { fenceAgentType } from '../../model/agent-catalogue.js';
import { parseAgentType } from '../agent-type.js';
import { declaredAgent, isOwnAgent } from '../declared-agent.js';
import { writtenInstead } from '../fence-parameters.js';
import type { Finding } from '../finding.js';
import type { Rule, RuleContext } from '../rule.js';
import { listNames } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Agents know their parameters. What a foreign agent does not declare may still mean something to it, so that is a warning; units of systemd and scripts of LSB take nothing. */
export const unknownParameter: Rule = {
  code: 'unknown-parameter',
  needsWhole: [],
  *check(context) {
    yield* ofFenceDevices(context);
    const { source, spec } = context;
    for (const { id, type, params } of spec.resources) {
      const known = knownParameters(context, type);
      if (known === null) continue;
      for (const name of Object.keys(params)) {
        if (known.includes(name)) continue;
        const at = source.key('resources', id, 'params', name);
        const severity = isOwnAgent(type) || takesNone(type) ? 'error' : 'warning';
        yield { severity, at, ...wordsOf(context, { agent: type, name, known, params }) };
      }
    }
  },
};

/** The parameters of a type; null where they are not known. */
function knownParameters(context: RuleContext, type: string): readonly string[] | null {
  if (takesNone(type)) return [];
  return declaredAgent(context, type)?.parameters.map(({ name }) => name) ?? null;
}

/** Units of systemd and scripts of LSB are told nothing but what to do. */
function takesNone(type: string): boolean {
  const kind = parseAgentType(type)?.kind;
  return kind === 'systemd' || kind === 'lsb';
}

/** Fence agents say what they do not know on the day on which they are needed, and go on without it. */
function* ofFenceDevices(context: RuleContext): Iterable<Finding> {
  for (const { id, agent, params } of context.spec.fencing.devices) {
    const declared = declaredAgent(context, fenceAgentType(agent));
    if (declared === null || declared.parameters.length === 0) continue;
    const known = declared.parameters.map((parameter) => parameter.name);
    for (const name of Object.keys(params)) {
      if (known.includes(name.replaceAll('-', '_')) || writtenInstead(name) !== undefined) continue;
      const at = context.source.key('fencing', 'devices', id, 'params', name);
      yield { severity: 'warning', at, ...wordsOf(context, { agent, name, known, params }) };
    }
  }
}

function wordsOf(
  { suggest }: RuleContext,
  use: { readonly agent: string; readonly name: string; readonly known: readonly string[]; readonly params: object },
): Pick<Finding, 'message' | 'label' | 'help'> {
  const { agent, name, known, params } = use;
  const free = known.filter((each) => !Object.hasOwn(params, each));
  const meant = suggest(name, free);
  return {
    message: `${agent} has no parameter "${name}"`,
    ...didYouMean(meant),
    ...(meant === null ? { help: known.length > 0 ? `it has ${listNames(known)}` : 'take it out: it has none' } : {}),
  };
}
