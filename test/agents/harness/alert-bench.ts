/** Alerts on their way to real receivers, and what became of them. */
import { join } from 'node:path';
import { AlertSender } from '../../../src/agents/alert-sender.js';
import { readSecret } from '../../../src/host/keys.js';
import type { Alert } from '../../../src/model/alert.js';
import { alertEvents } from '../../../src/model/alert.js';
import type { ProgramReceiver, WebhookReceiver } from '../../../src/model/cluster-spec.js';
import { freshFolder, writeScript } from './folder.js';
import { until } from './until.js';

/** Where everything of a test's spec stands. */
export const place = { file: 'test.yaml', line: 1, column: 1 };

const common = { id: 'ops', on: alertEvents, timeoutMs: 5000, retries: 2, place };

/** An alert whose sentence would break any text that is put together without care. */
export const alert: Alert = {
  number: 7,
  event: 'failover',
  severity: 'warning',
  cluster: 'edge',
  node: 'lb2',
  nodeNumber: 2,
  by: 'lb2',
  atWallMs: Date.UTC(2026, 2, 4, 5, 6, 7, 89),
  group: 'web',
  from: 'lb1',
  sentence: 'web runs on lb2 now, "before" on lb1; $(touch /tmp/never) `id` \\',
};

/** A sender with a folder of its own; end it after the test. */
export class AlertBench {
  readonly folder = freshFolder();
  /** Receivers that the spec has. */
  known = ['ops', 'other'];
  /** What came of alerts, in order: `ops took one`, `ops lost 2: WHY`. */
  readonly happened: string[] = [];
  readonly logged: string[] = [];
  readonly sender = new AlertSender({
    log: { event: (level, sentence) => this.logged.push(`${level}: ${sentence}`) },
    readSecret,
    isKnown: (receiver) => this.known.includes(receiver),
    onUndelivered: (receiver, { why, lost }) => this.happened.push(`${receiver} lost ${lost}: ${why}`),
    onDelivered: (receiver) => this.happened.push(`${receiver} took one`),
    pauseMs: 1,
  });

  webhook(url: WebhookReceiver['url'], wish: Partial<WebhookReceiver> = {}): WebhookReceiver {
    return { kind: 'webhook', ...common, url, headers: {}, body: null, ...wish };
  }

  program(text: string, wish: Partial<ProgramReceiver> = {}): ProgramReceiver {
    const path = writeScript(join(this.folder.path, `${wish.id ?? 'ops'}.sh`), text);
    const usual = { recipient: null, params: {}, timestampFormat: '%H:%M:%S.%06N' };
    return { kind: 'program', ...common, path, ...usual, ...wish };
  }

  async seen(count: number): Promise<void> {
    await until(`${count} things happened`, () => this.happened.length >= count);
  }

  async end(): Promise<void> {
    await this.sender.close(0);
    this.folder.remove();
  }
}
