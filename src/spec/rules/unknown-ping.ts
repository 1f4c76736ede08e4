import { describeGroup, pathOfGroup } from '../rule.js';
import type { Rule } from '../rule.js';
import { didYouMean } from '../suggest.js';

/** Every ping and every check that a group requires is in the spec. */
export const unknownPing: Rule = {
  code: 'unknown-ping',
  needsWhole: [],
  *check(context) {
    const { spec, names, source, suggest } = context;
    for (const group of spec.groups) {
      for (const [index, { id }] of group.requires.entries()) {
        if (names.pings.has(id) || names.checks.has(id)) continue;
        const meant = suggest(id, new Set([...names.pings, ...names.checks]));
        const help = names.groups.has(id)
          ? '`requires` names pings and checks; for groups that must be up first there is `after:`'
          : names.nodes.has(id)
            ? '`requires` names pings and checks; nodes are named by `prefer:`, `require:` and `avoid:`'
            : 'add it under `pings:` or `checks:`';
        yield {
          severity: 'error',
          message: `${describeGroup(context, group.id)} requires "${id}", and no ping or check has that name`,
          at: source.value(...pathOfGroup(context, group.id), 'requires', index),
          ...didYouMean(meant),
          ...(meant === null ? { help } : {}),
        };
      }
    }
  },
};
