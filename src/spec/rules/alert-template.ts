import { alertFields, placesOf } from '../../model/alert.js';
import { didYouMean } from '../suggest.js';
import type { Rule } from '../rule.js';

/** What a template names is known of alerts, and JSON is written as a map, in which no text can break the form. */
export const alertTemplate: Rule = {
  code: 'alert-template',
  needsWhole: [],
  *check({ spec, source, suggest }) {
    for (const receiver of spec.alerts) {
      if (receiver.kind !== 'webhook') continue;
      const { id, body, headers } = receiver;
      const at = source.value('alerts', id, 'body');
      const unknown = new Set(placesOf(body).filter((name) => !alertFields.some((field) => field === name)));
      for (const name of unknown) {
        yield {
          severity: 'error',
          message: `the body for receiver "${id}" names "${name}", which no alert has`,
          at,
          ...didYouMean(suggest(name, alertFields)),
          help: `it can name ${alertFields.join(', ')}`,
        };
      }
      const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
      if (typeof body !== 'string' || typeof type !== 'string' || !/json/i.test(type)) continue;
      yield {
        severity: 'error',
        message: `the body for receiver "${id}" is text, and is sent as JSON`,
        at,
        label: 'a quote in an alert would break it',
        help: 'write the body as a map, which is sent as JSON by itself',
      };
    }
  },
};
