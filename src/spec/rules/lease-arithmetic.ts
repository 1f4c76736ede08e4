import type { Rule } from '../rule.js';
import { exactDuration } from '../written-duration.js';

/** Four heartbeats fit into a lease, so that three may be lost. Source: the ownership rules, L >= 4 I. */
const HEARTBEATS_PER_LEASE_MIN = 4;

/** With half, the promise of a voter is three times the lease; beyond, no clock that is worth the name runs. Ours. */
const DRIFT_MAX = 0.5;

/** The numbers of the heartbeat fit together. */
export const leaseArithmetic: Rule = {
  code: 'lease-arithmetic',
  needsWhole: ['heartbeat'],
  *check({ spec, source }) {
    const { everyMs, leaseMs, warnAfterMs, clockDrift } = spec.heartbeat;
    const [every, lease, warnAfter] = [everyMs, leaseMs, warnAfterMs].map(exactDuration);
    const everyMaxMs = leaseMs / HEARTBEATS_PER_LEASE_MIN;
    if (everyMs > everyMaxMs) {
      yield {
        severity: 'error',
        message: `a heartbeat every ${every} is too rare for a lease of ${lease}`,
        at: source.value('heartbeat', source.has('heartbeat', 'every') ? 'every' : 'lease'),
        label: `${every} > ${lease} / 4 = ${exactDuration(everyMaxMs)}`,
        help: `write \`every: ${exactDuration(everyMaxMs)}\` or less, or \`lease: ${exactDuration(everyMs * HEARTBEATS_PER_LEASE_MIN)}\` or more`,
      };
    }
    if (warnAfterMs >= leaseMs) {
      yield {
        severity: 'error',
        message: `a warning after ${warnAfter} comes too late for a lease of ${lease}`,
        at: source.value('heartbeat', 'warnAfter'),
        label: `${warnAfter} >= ${lease}`,
        help: `write less than ${lease}, or leave it out for two thirds of the lease`,
      };
    }
    if (clockDrift <= 0 || clockDrift > DRIFT_MAX) {
      yield {
        severity: 'error',
        message: `${Math.round(clockDrift * 1e6) / 1e4}% cannot bound how clocks run`,
        at: source.value('heartbeat', 'clockDrift'),
        label: clockDrift <= 0 ? 'no clock is exact' : `at most ${DRIFT_MAX * 100}%`,
        help: 'leave it out for 9%, which covers what chrony does by default',
      };
    }
  },
};
