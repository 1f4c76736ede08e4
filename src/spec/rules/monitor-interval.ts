import { parseDuration } from '../../base/duration.js';
import { defaults } from '../defaults.js';
import type { Finding } from '../finding.js';
import type { Monitors, Timeouts } from '../raw-document.js';
import type { Rule, RuleContext } from '../rule.js';
import type { PathPart } from '../source-index.js';
import { exactDuration } from '../written-duration.js';

/** A look that may take longer than the pause between looks notices nothing in time. Judged where both numbers are written. */
export const monitorInterval: Rule = {
  code: 'monitor-interval',
  needsWhole: [],
  *check(context) {
    const { resources = {}, defaults: usual = {} } = context.document;
    yield* judge(context, { monitors: usual.monitor, timeouts: usual.timeouts, path: ['defaults', 'monitor'] });
    for (const [id, resource] of Object.entries(resources)) {
      const timeouts = { ...usual.timeouts, ...resource.timeouts };
      yield* judge(context, { monitors: resource.monitor, timeouts, path: ['resources', id, 'monitor'] });
    }
  },
};

function* judge(
  { source }: RuleContext,
  looks: {
    readonly monitors: Monitors | undefined;
    readonly timeouts: Timeouts | undefined;
    readonly path: readonly PathPart[];
  },
): Iterable<Finding> {
  for (const [index, monitor] of (looks.monitors ?? []).entries()) {
    const written = monitor.timeout ?? looks.timeouts?.monitor;
    const timeoutMs = written === undefined ? undefined : parseDuration(written);
    const everyMs = monitor.every === undefined ? defaults.monitor.everyMs : parseDuration(monitor.every);
    if (timeoutMs === undefined || everyMs === undefined || everyMs >= timeoutMs) continue;
    yield {
      severity: 'warning',
      message: `a look every ${exactDuration(everyMs)} may take ${exactDuration(timeoutMs)}`,
      at: source.value(...looks.path, index, monitor.every === undefined ? 'timeout' : 'every'),
      label: 'what hangs is noticed only after the timeout',
      help: `write \`timeout: ${exactDuration(everyMs)}\` or less, or \`every: ${exactDuration(timeoutMs)}\` or more`,
    };
  }
}
