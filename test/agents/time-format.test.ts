import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { formatTime, unknownConversions } from '../../src/model/time-format.js';

const time = {
  year: 2026,
  month: 3,
  day: 4,
  hour: 5,
  minute: 6,
  second: 7,
  microsecond: 89_000,
  offsetMinutes: -210,
  epochSeconds: 1_772_613_367,
};

it('writes a point of time as date(1) does', () => {
  const format = '%Y-%m-%d,%H:%M:%S.%01N %F %T %06N %3N %N %s %z 100%%';
  const at = `@${time.epochSeconds}.089`;
  const said = execFileSync('date', ['-d', at, `+${format}`], { env: { ...process.env, LC_ALL: 'C', TZ: 'XXX3:30' } });
  expect(formatTime(format, time)).toBe(said.toString().trimEnd());
});

it('leaves what it does not know, and names it', () => {
  expect(formatTime('%Y %p %', time)).toBe('2026 %p %');
  expect(unknownConversions('%Y %p %Q %%p %')).toEqual(['%p', '%Q', '%']);
});
