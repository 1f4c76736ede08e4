import { expect, it } from 'vitest';
import { decodeMonitorLine, holdingsOf, overlapsOf } from './harness/holding.js';
import { summarize } from './harness/outage.js';

const answered = (startMs: number, body: string) => ({ startMs, endMs: startMs + 2, outcome: 'answered', body });
const failed = (startMs: number, outcome: string) => ({ startMs, endMs: startMs + 200, outcome, body: '' });

it('an outage lasts from the first failed request to the end of the first later answer', () => {
  const records = [
    answered(0, 'lb1'),
    failed(20, 'timeout'),
    failed(10, 'ECONNREFUSED'),
    answered(30, 'lb2'),
    answered(40, 'lb2'),
    failed(50, 'timeout'),
    answered(60, 'lb2'),
  ];
  expect(summarize(records, { fromMs: 0, untilMs: 100 })).toEqual({
    requests: 7,
    failures: 3,
    outages: [
      { fromMs: 10, untilMs: 32, durationMs: 22, failures: 2, outcomes: ['ECONNREFUSED', 'timeout'] },
      { fromMs: 50, untilMs: 62, durationMs: 12, failures: 1, outcomes: ['timeout'] },
    ],
    longestOutageMs: 22,
    answers: [
      { by: 'lb1', fromMs: 0, untilMs: 2, count: 1 },
      { by: 'lb2', fromMs: 30, untilMs: 62, count: 3 },
    ],
    longestGapMs: 40,
  });
});

it('an outage without an answer lasts to the end of the report', () => {
  const report = summarize([answered(0, 'lb1'), failed(10, 'timeout')], { fromMs: 0, untilMs: 500 });
  expect(report.outages).toEqual([{ fromMs: 10, untilMs: null, durationMs: 490, failures: 1, outcomes: ['timeout'] }]);
});

it('a report counts only what started between its moments, and says when nobody asked', () => {
  const report = summarize([failed(10, 'timeout'), answered(200, 'lb1'), failed(400, 'timeout')], {
    fromMs: 100,
    untilMs: 300,
  });
  expect(report).toMatchObject({ requests: 1, failures: 0, longestOutageMs: 0, longestGapMs: 100 });
});

it('the kernel says that an address came or went', () => {
  const rest = ' 2: eth0    inet 10.77.0.100/24 scope global secondary eth0\\       valid_lft forever';
  const atMs = Date.UTC(2025, 0, 31, 12, 0, 0) + 123.456;
  const event = { host: 'lb1', atMs, address: '10.77.0.100' };
  expect(decodeMonitorLine('lb1', `[2025-01-31T12:00:00.123456]${rest}`)).toEqual({ kind: 'added', ...event });
  expect(decodeMonitorLine('lb1', `[2025-01-31T12:00:00.123456] Deleted${rest}`)).toEqual({
    kind: 'removed',
    ...event,
  });
  expect(decodeMonitorLine('lb1', '[2025-01-31T12:00:00.5] something else')).toBeNull();
});

it('a holding goes on when the kernel repeats it, and ends with its host', () => {
  const address = 'fd77::5';
  const holdings = holdingsOf(
    [
      { kind: 'added', host: 'lb1', atMs: 1, address },
      { kind: 'added', host: 'lb1', atMs: 2, address: 'fd77::6' },
      { kind: 'added', host: 'lb1', atMs: 3, address },
      { kind: 'died', host: 'lb1', atMs: 4 },
      { kind: 'added', host: 'lb2', atMs: 5, address },
    ],
    address,
  );
  expect(holdings).toEqual([
    { host: 'lb1', fromMs: 1, untilMs: 4, ended: 'died' },
    { host: 'lb2', fromMs: 5, untilMs: null, ended: null },
  ]);
  expect(overlapsOf(holdings)).toEqual([]);
});

it('two hosts overlap from the second beginning to the first end, or still', () => {
  const first = { host: 'lb1', fromMs: 1, untilMs: 5, ended: 'removed' } as const;
  const second = { host: 'lb2', fromMs: 3, untilMs: null, ended: null } as const;
  const third = { host: 'lb3', fromMs: 6, untilMs: null, ended: null } as const;
  expect(overlapsOf([first, second, third])).toEqual([
    { first, second, durationMs: 2 },
    { first: second, second: third, durationMs: null },
  ]);
  expect(overlapsOf([first, { ...second, host: 'lb1' }])).toEqual([]);
  expect(overlapsOf([first, { ...second, fromMs: 5 }])).toEqual([]);
});
