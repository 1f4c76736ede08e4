/**
 * EC2's query API over HTTP: reads requests, breaks as it is told to, and writes XML.
 *
 * Source: Amazon EC2 API Reference, "Query requests", "Error codes for the Amazon EC2 API", "DryRun".
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Query } from './ec2-state.js';
import { ApiError } from './ec2-state.js';
import type { Ec2World } from './ec2-world.js';

/**
 * What goes wrong with requests.
 *
 * throttle, broken, unavailable: an error instead of an answer. drop: the connection ends before anything is done. lose: what was asked for is done, and the connection ends without an answer. hang: nothing comes, ever.
 */
export type FaultKind = 'throttle' | 'broken' | 'unavailable' | 'drop' | 'lose' | 'hang';

/** A fault for requests to come. Shape: without an action it is for all; `times` is 1 by default. */
export interface Fault {
  readonly kind: FaultKind;
  readonly action?: string;
  readonly times?: number;
}

/** One request. Shape: `by` is the access key that signed it; `code` is "ok", the error's code, or the kind of the fault. */
export interface LoggedCall {
  readonly action: string;
  readonly query: Query;
  readonly by: string;
  readonly isDryRun: boolean;
  readonly code: string;
}

const ERRORS: Readonly<Record<Exclude<FaultKind, 'drop' | 'lose' | 'hang'>, ApiError>> = {
  throttle: new ApiError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  broken: new ApiError('InternalError', 'An internal error has occurred', 500),
  unavailable: new ApiError('Unavailable', 'The service is unavailable. Please try again shortly.', 503),
};

const READS = /^Describe/;

/** A running API. */
export class Ec2Server {
  readonly calls: LoggedCall[] = [];
  /** Actions that nobody may do. */
  readonly denied = new Set<string>();
  /** How many reads still answer as things were so many changes ago. */
  staleReads = 0;
  changesBehind = 1;
  /** Told of each call. */
  onCall: (call: LoggedCall) => void = () => undefined;
  readonly #faults: { readonly kind: FaultKind; readonly action: string | null; left: number }[] = [];
  readonly #server: Server;
  #requests = 0;

  private constructor(private readonly world: Ec2World) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Starts it. Shape: a free port of the loopback interface unless others are named. */
  static async start(world: Ec2World, at: { readonly host?: string; readonly port?: number } = {}): Promise<Ec2Server> {
    const server = new Ec2Server(world);
    await new Promise<void>((resolve) => server.#server.listen(at.port ?? 0, at.host ?? '127.0.0.1', () => resolve()));
    return server;
  }

  get url(): string {
    const { port } = addressOf(this.#server);
    return `http://127.0.0.1:${port}`;
  }

  /** Lets something go wrong from now on. */
  inject({ kind, action, times }: Fault): void {
    this.#faults.push({ kind, action: action ?? null, left: times ?? 1 });
  }

  /** Nothing goes wrong any more. */
  heal(): void {
    this.#faults.length = 0;
    this.denied.clear();
    this.staleReads = 0;
    this.changesBehind = 1;
  }

  /** What was done, in order: the action, and the code where it is not "ok". */
  actions(): string[] {
    return this.calls.map(({ action, code }) => (code === 'ok' ? action : `${action}: ${code}`));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query: Query = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    const { Action: action = '' } = query;
    const by = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const isDryRun = query.DryRun === 'true';
    const note = (code: string): void => {
      const call = { action, query, by, isDryRun, code };
      this.calls.push(call);
      this.onCall(call);
    };
    const fault = this.#faultFor(action);
    this.#requests += 1;
    const requestId = `00000000-0000-4000-8000-${this.#requests.toString().padStart(12, '0')}`;
    try {
      if (fault === 'hang') {
        note(fault);
        return;
      }
      if (fault === 'drop') {
        note(fault);
        request.socket.destroy();
        return;
      }
      if (fault !== null && fault !== 'lose') throw ERRORS[fault];
      if (by === '')
        throw new ApiError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
      if (this.denied.has(action)) {
        throw new ApiError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
      }
      if (isDryRun) throw new ApiError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
      const isBehind = READS.test(action) && this.staleReads > 0;
      if (isBehind) this.staleReads -= 1;
      const answer = this.world.answer(action, query, isBehind ? this.changesBehind : 0);
      note(fault ?? 'ok');
      if (fault === 'lose') {
        request.socket.destroy();
        return;
      }
      send(
        response,
        200,
        `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${requestId}</requestId>${elements(answer)}</${action}Response>`,
      );
    } catch (error) {
      const { code, message, status } =
        error instanceof ApiError ? error : new ApiError('InternalError', String(error), 500);
      note(code);
      send(
        response,
        status,
        `<Response><Errors><Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      );
    }
  }

  #faultFor(action: string): FaultKind | null {
    const fault = this.#faults.find((each) => each.left > 0 && (each.action === null || each.action === action));
    if (fault === undefined) return null;
    fault.left -= 1;
    return fault.kind;
  }
}

/** Where a server listens. */
export function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml;charset=UTF-8' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}

function elements(answer: Answer): string {
  return Object.entries(answer)
    .map(([name, value]) => `<${name}>${content(value)}</${name}>`)
    .join('');
}

function content(value: Answer[string]): string {
  if (typeof value === 'string') return escaped(value);
  return isList(value) ? value.map((item) => `<item>${elements(item)}</item>`).join('') : elements(value);
}

function isList(value: Answer | readonly Answer[]): value is readonly Answer[] {
  return Array.isArray(value);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
