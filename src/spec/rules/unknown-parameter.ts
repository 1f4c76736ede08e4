import { declaredAgent, isOwnAgent } from '../declared-agent.js';
import type { Rule } from '../rule.js';
import { listNames } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Agents know their parameters. What a foreign agent does not declare may still mean something to it, so that is a warning. */
export const unknownParameter: Rule = {
  code: 'unknown-parameter',
  needsWhole: [],
  *check(context) {
    for (const { id, type, params } of context.spec.resources) {
      const agent = declaredAgent(context, type);
      if (agent === null) continue;
      const known = agent.parameters.map((parameter) => parameter.name);
      for (const name of Object.keys(params)) {
        if (known.includes(name)) continue;
        const free = known.filter((each) => !Object.hasOwn(params, each));
        const meant = context.suggest(name, free);
        yield {
          severity: isOwnAgent(type) ? 'error' : 'warning',
          message: `${type} has no parameter "${name}"`,
          at: context.source.key('resources', id, 'params', name),
          ...didYouMean(meant),
          ...(meant === null && known.length > 0 ? { help: `it has ${listNames(known)}` } : {}),
        };
      }
    }
  },
};
