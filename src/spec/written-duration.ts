import { parseDuration } from '../base/duration.js';

/** Milliseconds of a written duration. Shape: the default too where the text is no whole number of milliseconds, which the rule `duration-out-of-range` reports. */
export function msOr(text: string | undefined, defaultMs: number): number {
  return (text === undefined ? undefined : parseDuration(text)) ?? defaultMs;
}

const UNITS_MS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Writes a duration as a spec would, without rounding: `1.5s`, `1250ms`. Shape: fractions of a millisecond are cut off. */
export function exactDuration(ms: number): string {
  const whole = Math.floor(ms);
  const unit = UNITS_MS.find(([, unitMs]) => whole >= unitMs && (whole * 10) % unitMs === 0);
  return unit === undefined ? `${whole}ms` : `${whole / unit[1]}${unit[0]}`;
}
