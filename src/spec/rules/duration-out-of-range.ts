import { parseDuration } from '../../base/duration.js';
import type { Rule } from '../rule.js';
import { writtenDurations } from '../written-durations.js';
import { exactDuration } from '../written-duration.js';

/** Longer waits do not fit the timers of the runtime, which hold 24.8 days. Source: Node.js, setTimeout. */
const LONGEST_MS = 14 * 24 * 3_600_000;

/** Durations are whole milliseconds that make sense of what they are for. */
export const durationOutOfRange: Rule = {
  code: 'duration-out-of-range',
  needsWhole: [],
  *check({ document, source }) {
    for (const { path, text, minMs } of writtenDurations(document)) {
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= minMs && ms <= LONGEST_MS) continue;
      const bounds = `from ${exactDuration(minMs)} to ${exactDuration(LONGEST_MS)}`;
      yield {
        severity: 'error',
        message: `\`${String(path.at(-1))}: ${text}\` is ${ms === undefined ? 'no whole number of milliseconds' : ms < minMs ? 'too short' : 'too long'}`,
        at: source.value(...path),
        label: bounds,
      };
    }
  },
};
