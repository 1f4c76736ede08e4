import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { alertTeller } from '../../src/daemon/alert-teller.js';
import { systemClock } from '../../src/host/system-clock.js';
import type { Alert } from '../../src/model/alert.js';
import type { HeldCondition } from '../../src/reconciler/conditions.js';
import { beginConditions } from '../../src/reconciler/conditions.js';
import { specOf } from '../reconciler/specs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-teller-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const alert: Alert = {
  number: 1,
  event: 'node',
  severity: 'error',
  cluster: 'test',
  node: 'n1',
  nodeNumber: 1,
  by: 'n2',
  atWallMs: 0,
  isThere: false,
  sentence: 'n1 is lost',
};

function begin(isLab: boolean) {
  const path = join(folder, 'receiver');
  const plain = specOf({ groups: {}, alerts: { ops: ['node'] } });
  const alerts = plain.alerts.map((each) => (each.kind === 'program' ? { ...each, path } : each));
  const mind = { spec: { ...plain, alerts }, conditions: beginConditions() };
  const said: string[] = [];
  const log = { event: (level: string, sentence: string) => said.push(`${level}: ${sentence}`) };
  const teller = alertTeller({ mind, clock: systemClock(), log, isLab });
  const write = (text: string) => {
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  };
  const told = (): HeldCondition[] => [...mind.conditions.values()];
  return { teller, alerts, write, said, told };
}

it('a receiver that does not take alerts is a condition until it takes one', async () => {
  const { teller, alerts, write, said, told } = begin(false);
  write('#!/bin/sh\nexit 9\n');
  teller.tell(alert, alerts);
  teller.tell(alert, alerts);
  await expect.poll(() => told()[0]?.sentence, { timeout: 20_000 }).toContain('2 alerts');
  expect(told()[0]).toMatchObject({
    kind: 'alert-undelivered',
    severity: 'warning',
    sentence:
      'receiver ops of alerts does not take them: it ended with exit code 9; 2 alerts did not reach it, and stand in the log',
  });
  write(`#!/bin/sh\necho "$CRM_alert_desc" > ${folder}/told\n`);
  teller.tell(alert, alerts);
  await teller.close(20_000);
  expect(readFileSync(join(folder, 'told'), 'utf8')).toBe('lost\n');
  expect(told()).toEqual([]);
  expect(said.at(-1)).toBe('info: receiver ops takes alerts again');
});

it('a lab tells nobody but its log', async () => {
  const { teller, alerts, write, said } = begin(true);
  write(`#!/bin/sh\ntouch ${folder}/told\n`);
  teller.tell(alert, alerts);
  await teller.close(20_000);
  expect(said).toEqual(['info: ops would be told: n1 is lost']);
});
