import type { Rule } from '../rule.js';

/** A policy that can give two owners is told of for as long as it stands. */
export const unsafeQuorum: Rule = {
  code: 'unsafe-quorum',
  needsWhole: [],
  *check({ spec, source }) {
    const { onLoss, acknowledge } = spec.quorum;
    if (onLoss === 'stop' || acknowledge === undefined) return;
    const what =
      onLoss === 'ignore'
        ? 'a side without a majority takes everything over'
        : 'a side without a majority keeps what it runs';
    yield {
      severity: 'warning',
      message: `\`onLoss: ${onLoss}\` can give a service two owners`,
      at: source.value('quorum', 'onLoss'),
      label: `after a split ${what}`,
      help: 'add a witness and write `onLoss: stop`',
    };
  },
};
