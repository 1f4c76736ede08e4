const UNITS_MS: readonly (readonly [string, number])[] = [
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
];

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * Reads a duration that carries its unit, as the spec file demands (`500ms`, `1.5s`, `10m`, `2h`, `1d`).
 *
 * Shape: whole milliseconds, from 0; undefined when the text is no duration or names a fraction of a millisecond.
 * Errors: none.
 */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const unit = UNITS_MS.find(([name]) => name === match[2]);
  if (unit === undefined) return undefined;
  const ms = Math.round(Number(match[1]) * unit[1] * 1000) / 1000;
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/**
 * Writes a duration for people: the largest unit that shows it with at most one decimal.
 *
 * Shape: `ms` is milliseconds from 0, fractions are rounded; the result is such as `340ms`, `1.8s`, `10m`, `2.5h`.
 */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  for (const [name, unit] of [...UNITS_MS].reverse()) {
    if (ms < unit) continue;
    const tenths = Math.round((ms / unit) * 10) / 10;
    return `${tenths}${name}`;
  }
  return `${Math.round(ms)}ms`;
}
