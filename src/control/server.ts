/**
 * The control socket: HTTP/1.1 with JSON on a Unix socket.
 *
 * Source: unix(7): a socket's file mode is what `umask` leaves of it, and `connect` needs the right to write.
 */
import { lstatSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';
import type { ControlHandlers } from './handlers.js';
import { whyNoSocketPath } from './paths.js';
import type { Answer, Route } from './routes.js';
import { errorAnswer, routesOf } from './routes.js';

/** How a control server is started. */
export interface ControlServerOptions {
  readonly socketPath: string;
  readonly handlers: ControlHandlers;
  readonly log: Log;
}

/** A control server that answers. */
export interface ControlServer {
  /** Takes no more requests, lets those under way finish for a moment, and removes the socket. */
  close(): Promise<void>;
}

/** Connections at once; a person has one or two, a monitoring system a few. Ours. */
const CONNECTIONS_MAX = 64;

/** How long a client may take to send a request. Ours: it runs on this machine. */
const REQUEST_MS_MAX = 10_000;

/** How long requests under way may take when the server closes. */
const CLOSING_MS_MAX = 1000;

/** How long a daemon that may be behind a socket has to accept. */
const LOOK_MS_MAX = 2000;

/** Leaves read and write to the owner alone, for the file that is made while it is in force. */
const OWNER_ONLY = 0o177;

/**
 * Starts to answer. A socket that a dead daemon left is replaced.
 *
 * Errors: rejects with one sentence that names the socket when a living daemon answers there, something else has the path, or it cannot be made.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { socketPath, handlers, log } = options;
  const why = whyNoSocketPath(socketPath);
  if (why !== null) throw new Error(why);
  await clearTheWay(socketPath);
  const routes = routesOf(handlers);
  const server = createServer({ requestTimeout: REQUEST_MS_MAX }, (request, response) => {
    answerTo({ routes, request, log }).then(
      (answer) => send(request, response, answer),
      (error: unknown) => {
        // Only a client that went away in the middle of its request comes here: there is nobody to answer.
        log.event('debug', `a request on the control socket broke off: ${messageOf(error)}`);
        response.destroy();
      },
    );
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.on('clientError', (_, socket) => socket.destroy());
  await listen(server, socketPath);
  server.on('error', (error) => log.event('error', `the control socket "${socketPath}" failed: ${error.message}`));
  return { close: () => close(server) };
}

async function clearTheWay(socketPath: string): Promise<void> {
  const found = lstatSync(socketPath, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new Error(`"${socketPath}" is there and is no socket; remove it, or give another path with --socket`);
  }
  if (await isAnswered(socketPath)) {
    throw new Error(
      `another daemon answers on "${socketPath}"; stop it first, or give this one its own --state-dir, --run-dir and --socket`,
    );
  }
  rmSync(socketPath, { force: true });
}

/** Whether somebody listens. One that is too busy to accept in time is alive as well. */
function isAnswered(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const settle = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(LOOK_MS_MAX, () => settle(true));
    socket.once('connect', () => settle(true));
    socket.once('error', (error) => {
      settle(!('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')));
    });
  });
}

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(`the control socket "${socketPath}" cannot be made: ${error.message}`, { cause: error }));
    });
    // The file is made within this call, so nothing else of this process is made under the narrow mask.
    const before = process.umask(OWNER_ONLY);
    try {
      server.listen(socketPath, () => {
        server.removeAllListeners('error');
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => server.closeAllConnections(), CLOSING_MS_MAX);
    server.close(() => {
      clearTimeout(giveUp);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function answerTo(options: {
  readonly routes: readonly Route[];
  readonly request: IncomingMessage;
  readonly log: Log;
}): Promise<Answer> {
  const { routes, request, log } = options;
  const [path = ''] = (request.url ?? '').split('?');
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) {
    const known = routes.map((route) => `${route.method} ${route.path}`).join(', ');
    return errorAnswer(404, 'not-found', `there is no "${path}" on this socket; it answers ${known}`);
  }
  const route = here.find(({ method }) => method === request.method);
  if (route === undefined) {
    const methods = here.map(({ method }) => method).join(' or ');
    return errorAnswer(405, 'method-not-allowed', `"${path}" takes ${methods}, not ${request.method ?? 'nothing'}`);
  }
  const text = await readBody(request);
  if (text === null) {
    const limit = `${limits.controlBodyBytesMax} bytes`;
    return errorAnswer(413, 'too-large', `the body of "${path}" has more than ${limit}, the most that is taken`);
  }
  const body = parseBody(text);
  if (body.kind === 'bad') return errorAnswer(400, 'bad-body', body.why);
  try {
    return await route.answer(body.value);
  } catch (error) {
    log.event('error', `a bug in fairlead kept "${path}" from being answered: ${messageOf(error)}`, {
      stack: error instanceof Error ? error.stack : undefined,
    });
    return errorAnswer(500, 'bug', `the daemon could not answer "${path}": ${messageOf(error)}; its log has more`);
  }
}

/** The body's text; null when it is too large. What is too much is read and thrown away, so that the client gets its answer. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += piece.length;
    if (bytes <= limits.controlBodyBytesMax) chunks.push(piece);
    else if (bytes > 2 * limits.controlBodyBytesMax) throw new Error('the body is endless');
  }
  return bytes > limits.controlBodyBytesMax ? null : Buffer.concat(chunks).toString('utf8');
}

function parseBody(
  text: string,
): { readonly kind: 'ok'; readonly value: unknown } | { readonly kind: 'bad'; readonly why: string } {
  if (text.trim() === '') return { kind: 'ok', value: undefined };
  try {
    return { kind: 'ok', value: JSON.parse(text) };
  } catch (error) {
    return { kind: 'bad', why: `the body is not JSON: ${messageOf(error)}` };
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const text = `${JSON.stringify(answer.body)}\n`;
  response.writeHead(answer.code, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
  request.resume();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
