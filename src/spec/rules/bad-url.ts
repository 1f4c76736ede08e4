import type { Rule } from '../rule.js';
import { parseUrl } from '../target.js';

/** A webhook's URL can be asked. */
export const badUrl: Rule = {
  code: 'bad-url',
  needsWhole: [],
  *check({ spec, source }) {
    for (const receiver of spec.alerts) {
      if (receiver.kind !== 'webhook' || typeof receiver.url !== 'string') continue;
      const url = parseUrl(receiver.url);
      if (url.kind !== 'bad') continue;
      yield {
        severity: 'error',
        message: `the webhook of receiver "${receiver.id}" cannot be asked: ${url.why}`,
        at: source.value('alerts', receiver.id, 'webhook'),
        help: 'write `https://HOST/PATH`, or `{ file: PATH }` for a URL that is secret itself',
      };
    }
  },
};
