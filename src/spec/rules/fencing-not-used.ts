import type { Finding } from '../finding.js';
import type { Rule, RuleContext } from '../rule.js';
import type { Mark } from '../source-index.js';
import { votersOf } from '../votes.js';

/** Uses that are pointed at one by one. */
const NOTES_MAX = 8;

/** This version uses no fence devices; whoever counts on them is told so. A watchdog is used, and is none. */
export const fencingNotUsed: Rule = {
  code: 'fencing-not-used',
  needsWhole: [],
  *check(context) {
    const { source, spec } = context;
    const uses = usesOf(context);
    const [first] = uses;
    const at = spec.fencing.devices.length > 0 ? source.key('fencing') : first?.at;
    if (at === undefined) return;
    yield {
      severity: 'warning',
      message: 'fence devices are read and checked, and this version does not use them',
      at,
      label: consequence(context),
      help: 'count on the lease alone: it is safe as long as nothing outlives its stop budget',
      ...(uses.length > 0 ? { notes: uses.slice(0, NOTES_MAX) } : {}),
    };
  },
};

function consequence({ spec }: RuleContext): string {
  return votersOf(spec).length === 2
    ? 'with two voters the loss of either node stops every group until there is a third vote'
    : 'a failed stop blocks its group until a person acts';
}

function usesOf({ spec, source }: RuleContext): NonNullable<Finding['notes']> {
  return spec.resources.flatMap(({ id, onFail, exclusive }) => {
    const said: { readonly at: Mark; readonly message: string }[] = [];
    for (const action of ['monitor', 'start', 'stop'] as const) {
      if (onFail[action] !== 'fence') continue;
      const at = source.value('resources', id, 'onFail', action);
      said.push({ at, message: `a failed ${action} of resource "${id}" blocks its group` });
    }
    if (exclusive === 'fencing') {
      const at = source.value('resources', id, 'exclusive');
      said.push({ at, message: `resource "${id}" is taken over when the lease has ended, without fencing` });
    }
    return said;
  });
}
