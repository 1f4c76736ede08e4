import { beforeEach, expect, it } from 'vitest';
import { guardConditions } from '../../src/daemon/guard-conditions.js';
import type { GuardAct } from '../../src/guard/guard-reports.js';
import type { Conditions } from '../../src/reconciler/conditions.js';
import { beginConditions } from '../../src/reconciler/conditions.js';
import { ManualClock } from '../host/manual-clock.js';

const MINUTE_MS = 60_000;

let clock: ManualClock;
let conditions: Conditions;
let told: ReturnType<typeof guardConditions>;

beforeEach(() => {
  clock = new ManualClock();
  conditions = beginConditions();
  told = guardConditions({ conditions, clock, log: { event: () => undefined } });
});

const acted = (key: string, ended: string): GuardAct => ({
  at: '2026-03-04T12:00:00.000Z',
  key,
  epoch: 7,
  daemon: 'gone',
  ended: [ended],
  left: [],
  withoutKillPath: [],
  earlyMs: 180,
});

const sentences = (): readonly string[] => [...conditions.values()].map(({ sentence }) => sentence);

it('what a guard did is told for an hour, from the last time on', () => {
  told.onActs([acted('web', 'vip')]);
  clock.advance(40 * MINUTE_MS);
  told.onActs([acted('web', 'nginx')]);
  clock.advance(40 * MINUTE_MS);
  expect(sentences()).toEqual([expect.stringContaining('nginx of web')]);
  clock.advance(20 * MINUTE_MS);
  expect(sentences()).toEqual([]);
});

it('nothing waits for the end of that hour once the daemon has ended', () => {
  told.onActs([acted('web', 'vip'), acted('db', 'disk')]);
  told.onStopped();
  expect(clock.waiting).toBe(0);
});
