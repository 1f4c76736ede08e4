/** What answers on the control socket: HTTP/1.1 with JSON. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../base/error-message.js';
import { limits } from '../model/limits.js';
import type { Log } from '../ports/log.js';
import type { ControlHandlers } from './handlers.js';
import type { Answer, Route } from './routes.js';
import { errorAnswer, routesOf } from './routes.js';
import type { ControlSocket } from './take-socket.js';

/** Who answers what, and where. */
export interface ControlServerOptions {
  readonly socket: ControlSocket;
  readonly handlers: ControlHandlers;
  readonly log: Log;
}

/** Answers on a socket that was taken, those first who asked since. */
export function serveControl(options: ControlServerOptions): void {
  const { socket, handlers, log } = options;
  const routes = routesOf(handlers);
  socket.answer({
    onRequest: (request, response) => {
      answerTo({ routes, request, log }).then(
        (answer) => send(request, response, answer),
        (error: unknown) => {
          // Only a client that went away in the middle of its request comes here: there is nobody to answer.
          log.event('debug', `a request on the control socket broke off: ${messageOf(error)}`);
          response.destroy();
        },
      );
    },
    onError: (error) => log.event('error', `the control socket "${socket.path}" failed: ${error.message}`),
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
