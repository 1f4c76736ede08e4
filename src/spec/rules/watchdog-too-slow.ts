import type { Rule } from '../rule.js';
import { watchdogTime } from '../watchdog.js';
import { exactDuration } from '../written-duration.js';

/** A lease and the smallest stop budget outlive the watchdog: it could not be fed otherwise, and is not used. */
export const watchdogTooSlow: Rule = {
  code: 'watchdog-too-slow',
  needsWhole: ['fencing', 'heartbeat', 'groups', 'resources', 'defaults'],
  *check({ spec, source }) {
    const time = watchdogTime(spec);
    const { watchdog } = spec.fencing;
    if (time === null || watchdog === null || time.neededMs <= time.givenMs) return;
    const { everyMs, leaseMs } = spec.heartbeat;
    const needed = `${exactDuration(watchdog.timeoutMs)} + 2 x ${exactDuration(everyMs)}`;
    const given = `lease ${exactDuration(leaseMs)} + smallest stop budget ${exactDuration(time.givenMs - leaseMs)}`;
    yield {
      severity: 'warning',
      message: `the watchdog ${watchdog.device} is too slow for the leases, and is not used`,
      at: source.value('fencing', 'watchdog', 'timeout'),
      label: `${needed} > ${given}`,
      help: 'shorten its timeout, or lengthen the lease or the stop budgets',
    };
  },
};
