import type { Rule } from '../rule.js';

/** A policy that can give two owners is accepted in words. */
export const acknowledgeMissing: Rule = {
  code: 'acknowledge-missing',
  needsWhole: ['quorum'],
  *check({ spec, source }) {
    const { onLoss, acknowledge } = spec.quorum;
    if (onLoss === 'stop' || acknowledge !== undefined) return;
    yield {
      severity: 'error',
      message: `\`onLoss: ${onLoss}\` can give a service two owners, and nothing says that you accept this`,
      at: source.value('quorum', 'onLoss'),
      help: 'write `onLoss: stop`, or add `acknowledge: "<why two owners are acceptable>"`',
    };
  },
};
