import { unknownConversions } from '../../model/time-format.js';
import type { Rule } from '../rule.js';

/** Keys that only one kind of receiver has. */
const KEYS = { webhook: ['headers', 'body'], program: ['recipient', 'params', 'timestampFormat'] } as const;

/** A receiver of alerts is either a webhook or a program, and has the keys of that. */
export const alertReceiver: Rule = {
  code: 'alert-receiver',
  needsWhole: [],
  *check({ document, source, isWhole }) {
    for (const [id, receiver] of Object.entries(document.alerts ?? {})) {
      if (!isWhole('alerts', id)) continue;
      const { webhook, program, timestampFormat } = receiver;
      if ((webhook === undefined) === (program === undefined)) {
        const what = webhook === undefined ? 'is neither a webhook nor a program' : 'is a webhook and a program';
        yield {
          severity: 'error',
          message: `receiver "${id}" of alerts ${what}`,
          at: webhook === undefined ? source.key('alerts', id) : source.key('alerts', id, 'program'),
          help: 'write `webhook: URL` or `program: PATH`; two receivers are two entries',
        };
        continue;
      }
      const [is, other] = webhook === undefined ? (['program', 'webhook'] as const) : (['webhook', 'program'] as const);
      for (const key of KEYS[other]) {
        if (receiver[key] === undefined) continue;
        yield {
          severity: 'error',
          message: `receiver "${id}" of alerts is a ${is}, and \`${key}\` is for a ${other}`,
          at: source.key('alerts', id, key),
          help: 'take it out',
        };
      }
      const [unknown] = unknownConversions(timestampFormat ?? '');
      if (unknown === undefined || program === undefined) continue;
      yield {
        severity: 'error',
        message: `"${unknown}" in the time format of receiver "${id}" is not known`,
        at: source.value('alerts', id, 'timestampFormat'),
        label: 'known are %Y %m %d %H %M %S %F %T %s %z %N, %1N to %9N and %%',
      };
    }
  },
};
