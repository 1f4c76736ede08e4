import { expect, test } from 'vitest';
import { longestOutageLine, OutageRecord, shownTime } from '../../../src/cli/lab/outage.js';

test('an outage lasts from the first question that failed to the first answer after it', () => {
  const record = new OutageRecord('web');
  record.answered(5);
  expect(record.failed(20)).toBe(true);
  expect(record.failed(40)).toBe(false);
  expect(record.answered(65)).toEqual({ group: 'web', fromMs: 20, untilMs: 65 });
  expect(record.outages()).toEqual([{ group: 'web', fromMs: 20, untilMs: 65 }]);
});

test('what never answered is not missed', () => {
  const record = new OutageRecord('web');
  record.failed(0);
  record.answered(10);
  expect(record.outages()).toEqual([]);
});

test('an outage that is not over has no end', () => {
  const record = new OutageRecord('web');
  record.answered(5);
  record.failed(20);
  expect(record.isOut).toBe(true);
  expect(record.outages()).toEqual([{ group: 'web', fromMs: 20, untilMs: null }]);
});

test('the last line names the longest outage, its group, and what was done before it', () => {
  const line = longestOutageLine({
    outages: [
      { group: 'db', fromMs: 1000, untilMs: 1340 },
      { group: 'web', fromMs: 5010, untilMs: 7310 },
    ],
    silent: [],
    deeds: [
      { atMs: 900, text: 'stop lb2' },
      { atMs: 5000, text: 'kill lb1' },
      { atMs: 6000, text: 'start lb1' },
    ],
    nowMs: 9000,
  });
  expect(line).toBe('longest outage 2.3 s (web, after "kill lb1")');
});

test('an outage that lasts is counted up to now', () => {
  const outages = [{ group: 'web', fromMs: 1000, untilMs: null }];
  expect(longestOutageLine({ outages, silent: [], deeds: [], nowMs: 13_000 })).toBe(
    'longest outage 12.0 s (web, and it is not over)',
  );
});

test('without an outage the line says so', () => {
  expect(longestOutageLine({ outages: [], silent: [], deeds: [], nowMs: 0 })).toBe(
    'longest outage 0 ms (every question was answered)',
  );
});

test('what never answered is named, for no outage of it is known', () => {
  const outages = [{ group: 'web', fromMs: 1000, untilMs: 1340 }];
  expect([
    longestOutageLine({ outages: [], silent: ['db', 'mail'], deeds: [], nowMs: 0 }),
    longestOutageLine({ outages, silent: ['db'], deeds: [], nowMs: 2000 }),
  ]).toEqual(['longest outage 0 ms (db and mail never answered)', 'longest outage 340 ms (web; db never answered)']);
});

test('a lab that runs for weeks keeps the longest', () => {
  const record = new OutageRecord('web');
  record.answered(0);
  for (let index = 0; index < 3000; index += 1) {
    record.failed(index * 100);
    record.answered(index * 100 + (index === 7 ? 90 : 10));
  }
  expect(record.outages().length).toBeLessThanOrEqual(1000);
  expect(Math.max(...record.outages().map(({ fromMs, untilMs }) => (untilMs ?? 0) - fromMs))).toBe(90);
});

test('times are short', () => {
  expect([shownTime(0), shownTime(999), shownTime(1000), shownTime(2345)]).toEqual([
    '0 ms',
    '999 ms',
    '1.0 s',
    '2.3 s',
  ]);
});
