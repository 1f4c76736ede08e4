import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ControlClient, RefusedError, UnreachableError, readStatus } from '../../src/control/client.js';
import type { ControlHandlers, ControlOutcome, DetachOutcome } from '../../src/control/handlers.js';
import { serveControl } from '../../src/control/server.js';
import type { ControlSocket } from '../../src/control/take-socket.js';
import { takeControlSocket } from '../../src/control/take-socket.js';
import type { FenceEvent } from '../../src/model/fencing.js';
import { limits } from '../../src/model/limits.js';
import type { Log } from '../../src/ports/log.js';
import { degradedStatus, healthyStatus } from './status-specimens.js';

let folder = '';
let socketPath = '';
const servers: ControlSocket[] = [];
const clients: ControlClient[] = [];
let events: string[] = [];
const log: Log = { event: (level, sentence) => events.push(`${level} ${sentence}`) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-control-'));
  socketPath = join(folder, 'control.sock');
  events = [];
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const history: readonly FenceEvent[] = [
  {
    kind: 'call',
    atWallMs: 1_700_000_000_000,
    tookMs: 1200,
    by: 'lb1',
    node: 'lb2',
    device: 'ipmi',
    action: 'off',
    outcome: { kind: 'failed', reason: 'no answer' },
  },
  { kind: 'dead', atWallMs: 1_700_000_005_000, by: 'lb1', node: 'lb2', incarnation: 'abc', how: 'confirmed by hand' },
];

const attributes = [{ node: 'lb1', name: 'pingd', value: '1000', isLasting: false }];

/** Handlers that remember what they were asked. */
class Handlers implements ControlHandlers {
  readonly asked: unknown[] = [];
  readonly lab?: NonNullable<ControlHandlers['lab']>;

  constructor(
    options: {
      readonly isLab?: boolean;
      readonly retried?: ControlOutcome;
      readonly detached?: DetachOutcome;
      readonly status?: () => never;
    } = {},
  ) {
    this.#retried = options.retried ?? { ok: true };
    this.#detached = options.detached ?? { ok: true, leftMs: 2900, withoutKillPath: ['db'] };
    if (options.status !== undefined) this.status = options.status;
    if (options.isLab === true) {
      this.lab = {
        cut: (asked) => {
          this.asked.push(asked);
          return { ok: true };
        },
        heal: () => void this.asked.push('heal'),
      };
    }
  }

  readonly #retried: ControlOutcome;
  readonly #detached: DetachOutcome;
  status = (): ReturnType<ControlHandlers['status']> => healthyStatus();
  spec = () => ({ revision: healthyStatus().revision, text: 'kind: Cluster\n' });

  async retry(asked: unknown): Promise<ControlOutcome> {
    this.asked.push(asked);
    return this.#retried;
  }

  fenceHistory = () => history;

  async fenceConfirm(asked: { readonly node: string }): Promise<ControlOutcome> {
    this.asked.push(asked);
    return asked.node === 'lb9' ? { ok: false, why: 'the spec has no node "lb9"' } : { ok: true };
  }

  attributes() {
    return { node: 'lb1', attributes };
  }

  setAttribute(asked: unknown): ControlOutcome {
    this.asked.push(asked);
    return { ok: true };
  }

  async leave(): Promise<ControlOutcome> {
    this.asked.push('leave');
    return { ok: true };
  }

  async detach() {
    this.asked.push('detach');
    return this.#detached;
  }

  async reconcile(asked: { readonly path: string | null; readonly adopt: boolean }) {
    this.asked.push(asked);
    const condition = degradedStatus().conditions[0] ?? null;
    return { ok: true, revision: healthyStatus().revision, condition } as const;
  }
}

async function serve(handlers: ControlHandlers = new Handlers()): Promise<ControlSocket> {
  const server = await takeControlSocket(socketPath);
  serveControl({ socket: server, handlers, log });
  servers.push(server);
  return server;
}

/** Connections that were made to a socket and are there. Source: proc(5), net/unix: state 03 is connected. */
function connectionsTo(path: string): number {
  const lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return lines.filter((line) => line.endsWith(` ${path}`) && / 03 +\d+ /.test(line)).length;
}

function clientOf(options: { readonly timeoutMs?: number; readonly path?: string } = {}): ControlClient {
  const { path = socketPath, ...rest } = options;
  const client = new ControlClient({ socketPath: path, ...rest });
  clients.push(client);
  return client;
}

/** A request as curl would send it. */
function ask(options: {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
}): Promise<{ readonly code: number; readonly body: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: options.method, path: options.path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}

test('a status reaches the client as it is', async () => {
  await serve();
  expect(await clientOf().status()).toEqual(healthyStatus());
});

test('one look at a status leaves no connection behind', async () => {
  const server = await serve();
  expect((await readStatus(socketPath)).verdict).toBe(healthyStatus().verdict);
  await server.close();
  expect(existsSync(socketPath)).toBe(false);
});

test('the spec in force comes with its revision', async () => {
  await serve();
  expect(await clientOf().spec()).toEqual({ revision: healthyStatus().revision, text: 'kind: Cluster\n' });
});

test('a retry names the resource, and the node where one is given', async () => {
  const handlers = new Handlers();
  await serve(handlers);
  await clientOf().retry({ resource: 'nginx' });
  await clientOf().retry({ resource: 'nginx', node: 'lb2' });
  expect(handlers.asked).toEqual([
    { resource: 'nginx', node: null },
    { resource: 'nginx', node: 'lb2' },
  ]);
});

test('a refusal reaches the client in the words of the daemon', async () => {
  await serve(new Handlers({ retried: { ok: false, why: 'the spec has no resource "ngix"' } }));
  await expect(clientOf().retry({ resource: 'ngix' })).rejects.toThrow(
    new RefusedError('the spec has no resource "ngix"'),
  );
});

test('a reconcile answers with the revision in force and with what stands against the file', async () => {
  const handlers = new Handlers();
  await serve(handlers);
  const answer = await clientOf().reconcile({ path: '/etc/fairlead/edge.yaml', adopt: true });
  expect(answer).toEqual({ revision: healthyStatus().revision, condition: degradedStatus().conditions[0] });
  expect(handlers.asked).toEqual([{ path: '/etc/fairlead/edge.yaml', adopt: true }]);
});

test('a leave is begun', async () => {
  const handlers = new Handlers();
  await serve(handlers);
  await clientOf().leave();
  expect(handlers.asked).toEqual(['leave']);
});

test('a detach says how long the leases last, and what no guard can end', async () => {
  const handlers = new Handlers();
  await serve(handlers);
  expect(await clientOf().detach()).toEqual({ leftMs: 2900, withoutKillPath: ['db'] });
  expect(handlers.asked).toEqual(['detach']);
});

test('a leave that could not end is refused, and a detach that would leave services to nobody', async () => {
  const handlers = new Handlers({ detached: { ok: false, why: 'no guard stands by' } });
  await serve(Object.assign(handlers, { leave: async () => ({ ok: false, why: 'lb1 is in maintenance' }) }));
  await expect(clientOf().leave()).rejects.toThrow('lb1 is in maintenance');
  await expect(clientOf().detach()).rejects.toThrow('no guard stands by');
});

test('health is short', async () => {
  await serve();
  expect(await ask({ method: 'GET', path: '/v1/health' })).toEqual({
    code: 200,
    body: { cluster: 'edge-prod', node: 'lb1', health: 'ok', verdict: '1 of 1 group runs, nothing is moving.' },
  });
});

test('links can be cut where the daemon is one of a lab', async () => {
  const handlers = new Handlers({ isLab: true });
  await serve(handlers);
  await clientOf().cut(['lb2', 'wit']);
  await clientOf().heal();
  expect(handlers.asked).toEqual([{ peers: ['lb2', 'wit'] }, 'heal']);
});

test('attributes are told and written', async () => {
  const handlers = new Handlers();
  await serve(handlers);
  expect(await clientOf().attributes()).toEqual({ node: 'lb1', attributes });
  await clientOf().setAttribute({ node: 'lb2', name: 'pingd', value: null, isLasting: false });
  expect(handlers.asked).toEqual([{ node: 'lb2', name: 'pingd', value: null, isLasting: false }]);
});

test('links cannot be cut anywhere else', async () => {
  await serve();
  await expect(clientOf().cut(['lb2'])).rejects.toThrow('there is no "/v1/lab/cut" on this socket');
});

test('only the owner may open the socket', async () => {
  await serve();
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
});

test('the mask under which the socket is made is in force for nothing else', async () => {
  const before = process.umask();
  await serve();
  expect(process.umask()).toBe(before);
});

test('a socket that a dead daemon left is replaced', async () => {
  const program = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', program]), 'exit');
  expect(statSync(socketPath).isSocket()).toBe(true);
  await serve();
  expect((await clientOf().status()).node).toBe('lb1');
});

test('a socket on which a living daemon answers is refused and goes on answering', async () => {
  await serve();
  await expect(takeControlSocket(socketPath)).rejects.toThrow(
    `another daemon answers on "${socketPath}"; stop it first`,
  );
  expect((await clientOf().status()).node).toBe('lb1');
});

test('who asks before the daemon is loaded is answered when it is', async () => {
  const socket = await takeControlSocket(socketPath);
  const asked = clientOf().status();
  await expect.poll(() => connectionsTo(socketPath)).toBe(1);
  serveControl({ socket, handlers: new Handlers(), log });
  expect((await asked).node).toBe('lb1');
  expect((await clientOf().status()).node).toBe('lb1');
  await socket.close();
  expect(existsSync(socketPath)).toBe(false);
});

test('a start that fails gives the socket up and lets go of who waits', async () => {
  const socket = await takeControlSocket(socketPath);
  const asked = clientOf().status();
  await expect.poll(() => connectionsTo(socketPath)).toBe(1);
  await socket.close();
  await expect(asked).rejects.toThrow(UnreachableError);
  expect(existsSync(socketPath)).toBe(false);
});

test('a file that is no socket is refused and left alone', async () => {
  writeFileSync(socketPath, 'precious');
  await expect(serve()).rejects.toThrow(`"${socketPath}" is there and is no socket`);
  expect(statSync(socketPath).size).toBe(8);
});

test('a folder that is not there is named', async () => {
  socketPath = join(folder, 'missing', 'control.sock');
  await expect(serve()).rejects.toThrow(`the control socket "${socketPath}" cannot be made`);
});

test('the history of fencing reaches the client as it is', async () => {
  await serve();
  expect(await clientOf().fenceHistory()).toEqual(history);
});

test('the word that a node is without power names the node, and a refusal is a sentence', async () => {
  const handlers = new Handlers();
  await serve(handlers);
  await clientOf().fenceConfirm('lb2');
  expect(handlers.asked).toEqual([{ node: 'lb2' }]);
  await expect(clientOf().fenceConfirm('lb9')).rejects.toThrow('the spec has no node "lb9"');
});

test('a path too long for a socket is refused on both sides', async () => {
  socketPath = join(folder, 'x'.repeat(120));
  await expect(serve()).rejects.toThrow('the kernel allows 107');
  expect(() => clientOf()).toThrow('the kernel allows 107');
});

test('closing removes the socket and ends idle connections', async () => {
  const server = await serve();
  await clientOf().status();
  await server.close();
  expect(existsSync(socketPath)).toBe(false);
});

test.each([
  ['an unknown path', 'GET', '/v1/stauts', undefined, 404, 'there is no "/v1/stauts" on this socket'],
  ['a wrong method', 'GET', '/v1/leave', undefined, 405, '"/v1/leave" takes POST, not GET'],
  ['no JSON', 'POST', '/v1/retry', '{resource}', 400, 'the body is not JSON'],
  ['no object', 'POST', '/v1/retry', '["nginx"]', 400, 'the body must be a JSON object'],
  ['no resource', 'POST', '/v1/retry', '{}', 400, '"resource" must be the id of a resource or group'],
  ['an unknown member', 'POST', '/v1/retry', '{"resorce":"nginx"}', 400, 'the body has no member "resorce"'],
  ['no node', 'POST', '/v1/fence/confirm', '{}', 400, '"node" must be the id of a node'],
  ['a path that is not absolute', 'POST', '/v1/reconcile', '{"path":"a.yaml"}', 400, '"path" must be an absolute path'],
])('%s is answered with a sentence', async (_, method, path, body, code, sentence) => {
  await serve();
  const answer = await ask({ method, path, ...(body === undefined ? {} : { body }) });
  expect(answer.code).toBe(code);
  expect(answer.body).toMatchObject({ error: { message: expect.stringContaining(sentence) } });
});

test('a body over the limit is refused, and the next request is answered', async () => {
  await serve();
  const body = Buffer.alloc(limits.controlBodyBytesMax + 1, 0x20);
  expect((await ask({ method: 'POST', path: '/v1/retry', body })).code).toBe(413);
  expect((await ask({ method: 'GET', path: '/v1/health' })).code).toBe(200);
});

test('a handler that throws is answered with its sentence and stands in the log', async () => {
  await serve(
    new Handlers({
      status: () => {
        throw new Error('a record without a node');
      },
    }),
  );
  await expect(clientOf().status()).rejects.toThrow('could not answer "/v1/status": a record without a node');
  expect(events).toEqual(['error a bug in fairlead kept "/v1/status" from being answered: a record without a node']);
});

test('nobody there is told apart from somebody dead', async () => {
  await expect(clientOf().status()).rejects.toMatchObject({
    name: 'UnreachableError',
    message: `the daemon cannot be reached on "${socketPath}": the socket does not exist`,
    help: expect.stringContaining('fairlead run'),
  });
  const program = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', program]), 'exit');
  await expect(clientOf().status()).rejects.toThrow('nobody listens there, so the daemon has ended');
});

test('a daemon that does not answer in time is unreachable', async () => {
  const silent = createServer().listen(socketPath);
  await once(silent, 'listening');
  await expect(clientOf({ timeoutMs: 100 }).status()).rejects.toThrow('it did not answer in time');
  silent.close();
});

test('something else that speaks HTTP is not taken for a daemon', async () => {
  const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')).listen(
    socketPath,
  );
  await once(other, 'listening');
  await expect(clientOf().status()).rejects.toThrow(UnreachableError);
  other.close();
});
