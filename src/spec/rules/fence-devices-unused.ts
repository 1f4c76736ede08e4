import { fencingNeeds } from '../fencing-need.js';
import type { Rule } from '../rule.js';
import { votersOf } from '../votes.js';

/** Something asks for the fence devices of a spec. */
export const fenceDevicesUnused: Rule = {
  code: 'fence-devices-unused',
  needsWhole: ['nodes', 'quorum', 'groups', 'resources', 'fencing'],
  *check(context) {
    const { spec, source } = context;
    if (spec.fencing.devices.length === 0 || votersOf(spec).length === 2) return;
    if (fencingNeeds(context).length > 0) return;
    yield {
      severity: 'warning',
      message: 'nothing in the spec asks for fencing, so no node is ever fenced',
      at: source.key('fencing', 'devices'),
      help: 'write `exclusive: fencing` on what must never run twice, or `onFail: { stop: fence }`',
    };
  },
};
