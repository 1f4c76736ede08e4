import type { Rule } from '../rule.js';

/** The keys of a cluster are said in one way. */
export const keysSaidTwice: Rule = {
  code: 'keys-said-twice',
  needsWhole: [],
  *check({ document, source }) {
    if (document.heartbeat?.key === undefined || document.heartbeat.keys === undefined) return;
    yield {
      severity: 'error',
      message: '`key` and `keys` both say how messages are signed',
      at: source.key('heartbeat', 'key'),
      help: 'put all of them into `keys:`, the one that signs first',
    };
  },
};
