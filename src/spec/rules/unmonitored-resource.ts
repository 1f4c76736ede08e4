import type { Rule } from '../rule.js';

/** Somebody looks at each resource while it runs. */
export const unmonitoredResource: Rule = {
  code: 'unmonitored-resource',
  needsWhole: ['defaults'],
  *check({ spec, source }) {
    for (const { id, monitors, checks } of spec.resources) {
      if (monitors.length > 0 || checks.length > 0) continue;
      const isOwn = source.has('resources', id, 'monitor');
      yield {
        severity: 'warning',
        message: `nobody looks at resource "${id}" while it runs`,
        at: isOwn ? source.value('resources', id, 'monitor') : source.key('resources', id),
        label: 'its failure is not noticed',
        help: 'write `monitor: [{ every: 10s, timeout: 5s }]`',
      };
    }
  },
};
