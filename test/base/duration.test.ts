import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/base/duration.js';

describe('a duration with its unit', () => {
  it.each([
    ['0s', 0],
    ['340ms', 340],
    ['1.5s', 1500],
    ['0.001s', 1],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1.5d', 129_600_000],
    ['2.3s', 2300],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    ['no unit', '30'],
    ['an unknown unit', '3w'],
    ['a sign', '-3s'],
    ['a fraction of a millisecond', '0.5ms'],
    ['a fraction of a millisecond in seconds', '0.0001s'],
    ['no digit before the point', '.5s'],
    ['a space', '3 s'],
    ['two durations', '1m30s'],
    ['an exponent', '1e3s'],
    ['capitals', '3S'],
    ['nothing', ''],
    ['more than a number can count exactly', '999999999999d'],
  ])('takes %s for no duration: %j', (_, text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([
    [0, '0ms'],
    [340, '340ms'],
    [999.6, '1000ms'],
    [1000, '1s'],
    [1785, '1.8s'],
    [60_000, '1m'],
    [90_000, '1.5m'],
    [600_000, '10m'],
    [9_000_000, '2.5h'],
    [86_400_000, '1d'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('reads back what it wrote, within the decimal that it shows', () => {
    for (let ms = 1; ms < 1e9; ms = Math.ceil(ms * 1.37)) {
      const back = parseDuration(formatDuration(ms)) ?? Number.NaN;
      expect(Math.abs(back - ms) / ms, `${ms} ms`).toBeLessThanOrEqual(0.05);
    }
  });
});
