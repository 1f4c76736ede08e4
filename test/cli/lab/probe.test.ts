import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { ProbeOutcome } from '../../../src/cli/lab/probe.js';
import { ask, probeTargets } from '../../../src/cli/lab/probe.js';
import type { ProbeTarget } from '../../../src/cli/lab/script.js';
import { specOf } from '../../reconciler/specs.js';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that answers with what `answer` returns at that time. */
async function serve(answer: () => number): Promise<string> {
  const server = createServer((_, response) => {
    response.statusCode = answer();
    response.end('x'.repeat(200_000));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** The outcomes of so many questions. */
async function outcomesOf(
  target: Omit<ProbeTarget, 'group'>,
  count: number,
  onOutcome?: (index: number) => void,
): Promise<ProbeOutcome[]> {
  const outcomes: ProbeOutcome[] = [];
  const enough = new AbortController();
  await ask(
    { group: 'web', ...target },
    {
      signal: enough.signal,
      tell: (outcome) => {
        onOutcome?.(outcomes.length);
        if (outcomes.push(outcome) === count) enough.abort();
      },
    },
  );
  return outcomes;
}

test('answers over HTTP are told from errors of the server', async () => {
  let code = 200;
  const host = await serve(() => code);
  const outcomes = await outcomesOf({ kind: 'http', url: `http://${host}/` }, 4, (index) => {
    if (index === 1) code = 503;
  });
  expect(outcomes.map(({ why }) => why)).toEqual([null, null, 'HTTP 503', 'HTTP 503']);
  expect(outcomes.every(({ startMs, endMs }) => endMs >= startMs)).toBe(true);
});

test('a server that is gone refuses', async () => {
  const host = await serve(() => 200);
  for (const server of servers.splice(0)) server.close();
  expect((await outcomesOf({ kind: 'http', url: `http://${host}/` }, 1)).map(({ why }) => why)).toEqual([
    'ECONNREFUSED',
  ]);
  expect((await outcomesOf({ kind: 'tcp', url: `tcp://${host}` }, 1)).map(({ why }) => why)).toEqual(['ECONNREFUSED']);
});

test('a server that accepts answers over TCP', async () => {
  const host = await serve(() => 200);
  expect((await outcomesOf({ kind: 'tcp', url: `tcp://${host}` }, 2)).map(({ why }) => why)).toEqual([null, null]);
});

test('a server that says nothing does not answer in time', async () => {
  const server = createServer(() => undefined);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  expect((await outcomesOf({ kind: 'http', url }, 1)).map(({ why }) => why)).toEqual(['no answer in time']);
  server.closeAllConnections();
});

const spec = specOf({
  groups: { web: { members: ['app', 'proxy'] }, db: {}, old: { desired: 'stopped' } },
  resources: {
    app: {
      params: { run: ['serve', '--at=http://127.77.0.1:1/a'], monitor: ['curl', 'http://127.77.0.50:8080/ready'] },
    },
    proxy: { params: { environment: ['AT=http://127.77.0.51/'] } },
    db: { params: { run: ['db', '--at', 'http://10.0.0.1/'] } },
    old: { params: { run: ['x', 'http://127.0.0.1/'] } },
  },
});

test("a group is asked where its members' parameters say, a monitor's first", () => {
  expect(probeTargets(spec, [])).toEqual([{ group: 'web', kind: 'http', url: 'http://127.77.0.50:8080/ready' }]);
});

test('a script says better', () => {
  const told: ProbeTarget[] = [
    { group: 'web', kind: 'tcp', url: 'tcp://127.0.0.1:99' },
    { group: 'db', kind: 'tcp', url: 'tcp://127.0.0.1:98' },
  ];
  expect(probeTargets(spec, told)).toEqual([told[1], told[0]]);
});
