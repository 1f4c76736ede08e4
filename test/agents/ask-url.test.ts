import { afterEach, expect, it } from 'vitest';
import { askUrl } from '../../src/agents/ask-url.js';
import { freshFolder } from './harness/folder.js';
import { heldBySignal } from './harness/held-by-signal.js';
import { describeWith, OPENSSL } from './harness/requirements.js';
import { until } from './harness/until.js';
import { WebServer } from './harness/web-server.js';

describeWith('asking a URL', { files: [OPENSSL] }, () => {
  let server: WebServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  const signal = new AbortController().signal;
  const patient = { timeoutMs: 20_000, signal };

  it('takes statuses from 200 to 399 for an answer, without following a redirection, and says what others are', async () => {
    server = await WebServer.start((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { location: 'http://127.0.0.1:1/' }).end();
    });
    const kinds = await Promise.all(
      ['/200', '/204', '/302', '/399', '/404', '/503'].map(async (path) => askUrl(server?.url(path) ?? '', patient)),
    );
    expect(kinds).toEqual([
      ...Array.from({ length: 4 }, () => ({ kind: 'yes' })),
      { kind: 'no', why: 'it answered with status 404' },
      { kind: 'no', why: 'it answered with status 503' },
    ]);
  });

  it('takes only the statuses and the text that are expected, the text within the first bytes', async () => {
    server = await WebServer.start((request, response) => {
      response.writeHead(503);
      if (request.url === '/long') response.write('-'.repeat(100_000));
      response.end('ready?');
    });
    const ask = (path: string, statuses: readonly number[], contains: string) =>
      askUrl(server?.url(path) ?? '', patient, { statuses, contains });
    expect(await ask('/', [200, 503], 'ready')).toEqual({ kind: 'yes' });
    expect(await ask('/', [200], 'ready')).toEqual({ kind: 'no', why: 'it answered with status 503' });
    expect(await ask('/', [503], 'done')).toEqual({ kind: 'no', why: 'its answer does not contain "done"' });
    expect(await ask('/long', [503], 'ready')).toEqual({ kind: 'no', why: 'its answer does not contain "ready"' });
  });

  it('leaves nothing behind with a signal that outlives it', async () => {
    server = await WebServer.start((_, response) => response.end());
    const { signal: lasting } = new AbortController();
    for (let asked = 0; asked < 3; asked += 1) await askUrl(server.url('/'), { ...patient, signal: lasting });
    expect(heldBySignal(lasting)).toBe(0);
  });

  it('asks with the query, and leaves no connection open, whatever was left to read', async () => {
    const asked: (string | undefined)[] = [];
    server = await WebServer.start((request, response) => {
      asked.push(request.url);
      response.write('the rest never comes');
    });
    expect(await askUrl(server.url('/health?deep=1'), patient)).toEqual({ kind: 'yes' });
    expect(asked).toEqual(['/health?deep=1']);
    await until('no connection is left', async () => (await server?.connections()) === 0);
  });

  it('is over when its time is, and says nothing of the other side when it is called off', async () => {
    server = await WebServer.start(() => undefined);
    expect(await askUrl(server.url('/'), { timeoutMs: 100, signal })).toEqual({
      kind: 'no',
      why: 'no answer within 100 ms',
    });
    const callOff = new AbortController();
    const answer = askUrl(server.url('/'), { ...patient, signal: callOff.signal });
    callOff.abort();
    expect(await answer).toEqual({ kind: 'cannot-ask', why: 'the question was called off' });
  });

  it('takes a refused connection for no answer', async () => {
    server = await WebServer.start(() => undefined);
    const url = server.url('/');
    await server.close();
    expect(await askUrl(url, patient)).toMatchObject({ kind: 'no', why: expect.stringContaining('ECONNREFUSED') });
  });

  it('asks a server whose certificate nobody vouches for', async () => {
    const folder = freshFolder();
    server = await WebServer.startSecure(folder.path, (_, response) => response.end());
    expect(await askUrl(server.url('/'), patient)).toEqual({ kind: 'yes' });
    folder.remove();
  });
});
