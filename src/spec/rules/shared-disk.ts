import type { Rule } from '../rule.js';
import { usesSharedDisk } from '../shared-disk.js';
import { mayHaveUsableWatchdog } from '../watchdog.js';

/** What writes to a shared disk has fencing or a watchdog behind it, or words that do without. */
export const sharedDisk: Rule = {
  code: 'shared-disk',
  needsWhole: ['groups', 'defaults', 'fencing', 'heartbeat'],
  *check({ document, spec, source, isWhole }) {
    if (mayHaveUsableWatchdog({ spec, isWhole })) return;
    for (const resource of spec.resources) {
      if (!usesSharedDisk(resource) || resource.exclusive === 'fencing' || !isWhole('resources', resource.id)) continue;
      const isAccepted = document.resources?.[resource.id]?.acknowledge !== undefined;
      yield {
        severity: isAccepted ? 'warning' : 'error',
        message: `resource "${resource.id}" uses a shared disk, and nothing makes sure that the last owner is dead`,
        at: source.value('resources', resource.id, 'type'),
        label: 'a stop that hangs, or a node that is paused for long, can spoil what is on it',
        help: isAccepted
          ? 'add fence devices and `exclusive: fencing`, or a watchdog'
          : 'add fence devices and `exclusive: fencing`, or a watchdog; to go without, `acknowledge: "<why the disk is safe>"`',
      };
    }
  },
};
