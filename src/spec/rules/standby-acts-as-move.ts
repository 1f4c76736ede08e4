import type { Rule } from '../rule.js';

/** `onFail: standby` does not put the node into standby in this version; whoever counts on that is told so. */
export const standbyActsAsMove: Rule = {
  code: 'standby-acts-as-move',
  needsWhole: [],
  *check({ spec, source }) {
    for (const { id, onFail } of spec.resources) {
      for (const action of ['monitor', 'start'] as const) {
        if (onFail[action] !== 'standby') continue;
        yield {
          severity: 'warning',
          message: `a failed ${action} of resource "${id}" moves its group, and "standby" does no more in this version`,
          at: source.value('resources', id, 'onFail', action),
          label: 'the node goes on running its other groups',
          help: 'write `move`; where all groups must leave, put the node into standby with `state: standby`',
        };
      }
    }
  },
};
