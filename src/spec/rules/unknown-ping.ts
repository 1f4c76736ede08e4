import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Every ping that a group requires is in the spec. */
export const unknownPing: Rule = {
  code: 'unknown-ping',
  needsWhole: [],
  *check(context) {
    const { spec, names, source, suggest } = context;
    for (const group of spec.groups) {
      for (const [index, { id }] of group.requires.entries()) {
        if (names.pings.has(id)) continue;
        const meant = suggest(id, names.pings);
        const isGroup = meant === null && names.groups.has(id);
        const help = isGroup
          ? '`requires` names pings; for groups that must be up first there is `after:`'
          : 'add it under `pings:`';
        yield {
          severity: 'error',
          message: `${describeGroup(context, group.id)} requires ping "${id}", which is not in the spec`,
          at: source.value(...pathOfGroup(context, group.id), 'requires', index),
          ...didYouMean(meant),
          ...(meant === null ? { help } : {}),
        };
      }
    }
  },
};
