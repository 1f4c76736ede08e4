import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TAKEN } from '../../src/agents/alert-outcome.js';
import { postAlert } from '../../src/agents/alert-webhook.js';
import { readSecret } from '../../src/host/keys.js';
import { limits } from '../../src/model/limits.js';
import { AlertBench, alert, place } from './harness/alert-bench.js';
import { heldBySignal } from './harness/held-by-signal.js';
import { until } from './harness/until.js';
import { WebServer } from './harness/web-server.js';

let bench: AlertBench;
let folder: AlertBench['folder'];
let happened: string[];
let logged: string[];
let server: WebServer | null;

beforeEach(() => {
  bench = new AlertBench();
  ({ folder, happened, logged } = bench);
  server = null;
});
afterEach(async () => {
  await bench.end();
  await server?.close();
});

/** A server that answers each request with the next status, and the last one for good. */
async function serve(
  statuses: readonly number[],
): Promise<{ readonly requests: { request: IncomingMessage; body: string }[] }> {
  const requests: { request: IncomingMessage; body: string }[] = [];
  server = await WebServer.start((request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const status = statuses[Math.min(requests.length, statuses.length - 1)] ?? 200;
      requests.push({ request, body });
      // A status of 0 stands for no answer at all.
      if (status === 0) return;
      response.statusCode = status;
      if (status === 302) response.setHeader('location', '/elsewhere');
      response.end('thanks');
    });
  });
  return { requests };
}

describe('a webhook', () => {
  it('is sent all that is known as JSON, with headers whose secrets are read at each call', async () => {
    const { requests } = await serve([200]);
    const file = join(folder.path, 'token');
    const receiver = bench.webhook(server?.url('/hook?a=b') ?? '', {
      headers: { 'X-Source': 'fairlead', Authorization: { kind: 'file', path: file, place } },
    });
    for (const token of ['Bearer one', 'Bearer two']) {
      writeFileSync(file, `${token}\n`, { mode: 0o600 });
      bench.sender.tell(alert, [receiver]);
      await bench.seen(token === 'Bearer one' ? 1 : 2);
    }
    expect(requests.map(({ request }) => request.headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
    expect(requests[0]?.request).toMatchObject({ method: 'POST', url: '/hook?a=b' });
    expect(requests[0]?.request.headers).toMatchObject({ 'x-source': 'fairlead', 'content-type': 'application/json' });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      cluster: 'edge',
      event: 'failover',
      severity: 'warning',
      node: 'lb2',
      group: 'web',
      from: 'lb1',
      sentence: alert.sentence,
      by: 'lb2',
      at: '2026-03-04T05:06:07.089Z',
      number: 7,
    });
    expect(happened).toEqual(['ops took one', 'ops took one']);
  });

  it('leaves nothing behind with a signal that outlives it', async () => {
    await serve([200]);
    const { signal } = new AbortController();
    const receiver = bench.webhook(server?.url('/') ?? '');
    for (let told = 0; told < 3; told += 1)
      expect(await postAlert(alert, receiver, { readSecret, signal })).toEqual(TAKEN);
    expect(heldBySignal(signal)).toBe(0);
  });

  it('is sent its template, in which no text breaks the form', async () => {
    const { requests } = await serve([204]);
    const body = { text: '{{ cluster }}: {{sentence}}', list: [{ more: '{{group}}{{resource}}', n: 1, no: null }] };
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '', { body })]);
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '', { body: 'at {{node}}: {{sentence}}' })]);
    await bench.seen(2);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      text: `edge: ${alert.sentence}`,
      list: [{ more: 'web', n: 1, no: null }],
    });
    expect(requests[1]?.body).toBe(`at lb2: ${alert.sentence}`);
    expect(requests[1]?.request.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it('is tried again while it says that it is busy or broken', async () => {
    const { requests } = await serve([503, 429, 200]);
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '')]);
    await bench.seen(1);
    expect([requests.length, happened]).toEqual([3, ['ops took one']]);
  });

  it('that never takes it is given up after its retries, and told of until it takes one', async () => {
    const { requests } = await serve([500, 500, 500, 500, 500, 500, 200]);
    const receiver = bench.webhook(server?.url('/') ?? '');
    for (let i = 0; i < 3; i++) bench.sender.tell(alert, [receiver]);
    await bench.seen(3);
    expect(happened).toEqual([
      'ops lost 1: it answered with status 500',
      'ops lost 2: it answered with status 500',
      'ops took one',
    ]);
    expect(requests).toHaveLength(7);
    expect(logged.filter((line) => line.startsWith('warn'))).toEqual([
      `warn: an alert did not reach ops, because it answered with status 500; it was: ${alert.sentence}`,
      `warn: an alert did not reach ops, because it answered with status 500; it was: ${alert.sentence}`,
    ]);
  });

  it.each([401, 404, 302])('that answers with %i is not asked again, and not followed', async (status) => {
    const { requests } = await serve([status, 200]);
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '')]);
    await bench.seen(1);
    expect([requests.length, happened]).toEqual([1, [`ops lost 1: it answered with status ${status}`]]);
  });

  it('that does not answer is given up at its timeout', async () => {
    const { requests } = await serve([0]);
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '', { timeoutMs: 1000, retries: 1 })]);
    await bench.seen(1);
    expect([requests.length, happened]).toEqual([2, ['ops lost 1: no answer within 1000 ms']]);
  });

  it('where nobody listens is given up after its retries', async () => {
    const free = createServer();
    const port = await new Promise<number>((resolve) =>
      free.listen(0, '127.0.0.1', () => {
        const address = free.address();
        free.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      }),
    );
    bench.sender.tell(alert, [bench.webhook(`http://127.0.0.1:${port}/`)]);
    await bench.seen(1);
    expect(happened).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  it('whose certificate nobody vouches for is sent nothing', async () => {
    let asked = 0;
    server = await WebServer.startSecure(folder.path, () => {
      asked += 1;
    });
    bench.sender.tell(alert, [bench.webhook(server.url('/'), { retries: 0 })]);
    await bench.seen(1);
    expect([asked, happened]).toEqual([0, [expect.stringMatching(/lost 1: .*certificate/)]]);
  });

  it.each([
    ['cannot be read', 'missing', /^ops lost 1: Authorization cannot be read: .*does not exist/],
    ['is no header', 'broken', /^ops lost 1: invalid Authorization header$/],
  ])('whose secret %s is sent nothing, and the secret is not told', async (_, name, words) => {
    const { requests } = await serve([200]);
    writeFileSync(join(folder.path, 'broken'), 'gehe\nim', { mode: 0o600 });
    const headers = { Authorization: { kind: 'file', path: join(folder.path, name), place } } as const;
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '', { headers, retries: 0 })]);
    await bench.seen(1);
    expect([requests.length, happened]).toEqual([0, [expect.stringMatching(words)]]);
    expect(logged.join()).not.toContain('gehe');
  });

  it('whose secret URL is none is told of without it', async () => {
    const path = join(folder.path, 'url');
    writeFileSync(path, 'geheim', { mode: 0o600 });
    bench.sender.tell(alert, [bench.webhook({ kind: 'file', path, place })]);
    await bench.seen(1);
    expect(happened).toEqual(['ops lost 1: its URL is none']);
    expect(logged.join()).not.toContain('geheim');
  });
});

describe('a receiver that is slow', () => {
  it('delays neither others nor who tells, and gets its own in order', async () => {
    let release: () => void = () => undefined;
    const bodies: string[] = [];
    server = await WebServer.start((request, response) => {
      request.setEncoding('utf8');
      request.once('data', (text: string) => bodies.push(JSON.parse(text).number));
      if (bodies.length === 0) release = () => response.end();
      else response.end();
    });
    const slow = bench.webhook(server.url('/'));
    const fast = bench.program(`#!/bin/sh\necho "$CRM_alert_node_sequence" >> ${folder.path}/fast\n`, { id: 'other' });
    for (let number = 1; number <= 3; number++) bench.sender.tell({ ...alert, number }, [slow, fast]);
    await bench.seen(3);
    expect(happened).toEqual(['other took one', 'other took one', 'other took one']);
    expect(readFileSync(join(folder.path, 'fast'), 'utf8')).toBe('1\n2\n3\n');
    await until('the slow one is asked', () => bodies.length === 1);
    release();
    await bench.seen(6);
    expect(bodies).toEqual([1, 2, 3]);
  });

  it('loses the oldest that wait, which are counted', async () => {
    const { requests } = await serve([0]);
    for (let number = 0; number <= limits.alertsWaitingMax + 2; number++)
      bench.sender.tell({ ...alert, number }, [bench.webhook(server?.url('/') ?? '')]);
    expect(happened).toEqual([
      `ops lost 1: more than ${limits.alertsWaitingMax} alerts wait for it`,
      `ops lost 2: more than ${limits.alertsWaitingMax} alerts wait for it`,
      `ops lost 3: more than ${limits.alertsWaitingMax} alerts wait for it`,
    ]);
    await until('the first is asked', () => requests.length === 1);
    expect(JSON.parse(requests[0]?.body ?? '{}').number).toBe(0);
  });

  it('is asked no more once it left the spec, and nothing is said of it', async () => {
    const { requests } = await serve([503]);
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '', { retries: 1_000_000 })]);
    await until('it is asked', () => requests.length > 0);
    bench.known = [];
    await bench.sender.close(60_000);
    expect(happened).toEqual([]);
  });

  it('does not hold up a daemon that ends, and the log has what it lost', async () => {
    await serve([0]);
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '')]);
    bench.sender.tell(alert, [bench.program('#!/bin/sh\nexec sleep 1000\n', { id: 'other', timeoutMs: 100_000 })]);
    await bench.sender.close(0);
    expect(logged.filter((line) => line.includes('the daemon ended'))).toHaveLength(2);
    bench.sender.tell(alert, [bench.webhook(server?.url('/') ?? '')]);
    expect(happened).toHaveLength(2);
  });
});
