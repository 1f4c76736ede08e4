import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { askPort } from '../../src/agents/ask-port.js';

describe('asking a port', () => {
  const signal = new AbortController().signal;

  it('is answered by whoever takes the connection, and not where nobody does', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await askPort({ host: '127.0.0.1', port }, { timeoutMs: 20_000, signal })).toEqual({ kind: 'yes' });
    // It waits for its connections: a question leaves none behind.
    await new Promise((resolve) => server.close(resolve));
    expect(await askPort({ host: '127.0.0.1', port }, { timeoutMs: 20_000, signal })).toMatchObject({
      kind: 'no',
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('says nothing of the other side when it is called off', async () => {
    const callOff = new AbortController();
    const options = { timeoutMs: 20_000, signal: callOff.signal };
    const answer = askPort({ host: '127.0.0.1', port: 9 }, options);
    callOff.abort();
    const calledOff = { kind: 'cannot-ask', why: 'the question was called off' };
    expect(await answer).toEqual(calledOff);
    expect(await askPort({ host: '127.0.0.1', port: 9 }, options)).toEqual(calledOff);
  });
});
