/** Asks a daemon over its control socket. */
import { statSync } from 'node:fs';
import { Client } from 'undici';
import { messageOf } from '../base/error-message.js';
import type { Attribute, AttributeChange } from '../model/attribute.js';
import type { FenceEvent } from '../model/fencing.js';
import type { Revision } from '../model/revision.js';
import type { Condition, Status } from '../model/status.js';
import {
  decodeAttributes,
  decodeDetached,
  decodeErrorMessage,
  decodeFenceHistory,
  decodeReconciled,
  decodeSpecInForce,
  decodeStatus,
} from './decode-answer.js';
import type { SpecInForce } from './handlers.js';
import { CONTROL_PATHS, whyNoSocketPath } from './paths.js';

/** Nobody answers on the socket. Shape: the message is one sentence, `help` says what to do. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly help: string;

  constructor(message: string, options: { readonly help: string; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.help = options.help;
  }
}

/** The daemon understood and refused, or could not do it; the message is its sentence. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** How to ask. */
export interface ControlClientOptions {
  readonly socketPath: string;
  /** How long an answer may take; 10 s by default. */
  readonly timeoutMs?: number;
}

/** An answer on this machine takes a millisecond; a daemon that plans for 20,000 groups takes some tenths of a second. */
const TIMEOUT_MS_DEFAULT = 10_000;

/** Bytes of an answer: the status of the largest cluster has some tens of MiB. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

/**
 * A client of one daemon. Close it, or the process waits for its connection.
 *
 * Errors: every question rejects with {@link UnreachableError} when nobody answers and with {@link RefusedError} when the daemon does not do it.
 */
export class ControlClient {
  readonly #socketPath: string;
  readonly #http: Client;

  constructor(options: ControlClientOptions) {
    const { socketPath, timeoutMs = TIMEOUT_MS_DEFAULT } = options;
    const why = whyNoSocketPath(socketPath);
    if (why !== null) throw new UnreachableError(why, { help: 'a daemon cannot listen there either' });
    this.#socketPath = socketPath;
    // The host of the address is never looked up: everything goes to the socket.
    this.#http = new Client('http://localhost', {
      socketPath,
      connectTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: ANSWER_BYTES_MAX,
    });
  }

  /** The cluster as the daemon sees it. */
  async status(): Promise<Status> {
    return this.#decoded(decodeStatus(await this.#ask('GET', CONTROL_PATHS.status)), CONTROL_PATHS.status);
  }

  /** The spec in force. */
  async spec(): Promise<SpecInForce> {
    return this.#decoded(decodeSpecInForce(await this.#ask('GET', CONTROL_PATHS.spec)), CONTROL_PATHS.spec);
  }

  /** Has the failures of a resource or group forgotten. */
  async retry(request: { readonly resource: string; readonly node?: string | undefined }): Promise<void> {
    await this.#ask('POST', CONTROL_PATHS.retry, request);
  }

  /** Has everything handed over; resolves once that is under way. The daemon ends by itself afterwards. */
  async leave(): Promise<void> {
    await this.#ask('POST', CONTROL_PATHS.leave);
  }

  /** Has the daemon end without handing anything over; resolves when it is about to. */
  async detach(): Promise<{ readonly leftMs: number | null; readonly withoutKillPath: readonly string[] }> {
    return this.#decoded(decodeDetached(await this.#ask('POST', CONTROL_PATHS.detach)), CONTROL_PATHS.detach);
  }

  /** Has the daemon look at its spec now. Shape: `path` is absolute. */
  async reconcile(request: {
    readonly path?: string;
    readonly adopt?: boolean;
  }): Promise<{ readonly revision: Revision | null; readonly condition: Condition | null }> {
    const answer = await this.#ask('POST', CONTROL_PATHS.reconcile, request);
    return this.#decoded(decodeReconciled(answer), CONTROL_PATHS.reconcile);
  }

  /** What fencing did, oldest first. */
  async fenceHistory(): Promise<readonly FenceEvent[]> {
    const answer = await this.#ask('GET', CONTROL_PATHS.fenceHistory);
    return this.#decoded(decodeFenceHistory(answer), CONTROL_PATHS.fenceHistory);
  }

  /** Says that a node is without power. */
  async fenceConfirm(node: string): Promise<void> {
    await this.#ask('POST', CONTROL_PATHS.fenceConfirm, { node });
  }

  /** Every attribute that is true by the daemon's lights, and whose daemon it is. */
  async attributes(): Promise<{ readonly node: string; readonly attributes: readonly Attribute[] }> {
    const answer = await this.#ask('GET', CONTROL_PATHS.attributes);
    return this.#decoded(decodeAttributes(answer), CONTROL_PATHS.attributes);
  }

  /** Writes an attribute, of whatever node. */
  async setAttribute(change: AttributeChange): Promise<void> {
    await this.#ask('POST', CONTROL_PATHS.attributes, change);
  }

  /** Lab only: has everything to and from these nodes lost. */
  async cut(peers: readonly string[]): Promise<void> {
    await this.#ask('POST', CONTROL_PATHS.labCut, { peers });
  }

  /** Lab only: has nothing lost any more. */
  async heal(): Promise<void> {
    await this.#ask('POST', CONTROL_PATHS.labHeal);
  }

  /** Gives the connection up; questions under way are rejected. */
  async close(): Promise<void> {
    await this.#http.destroy();
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    let code: number;
    let text: string;
    try {
      const response = await this.#http.request({
        method,
        path,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json; charset=utf-8' } }),
      });
      code = response.statusCode;
      text = await response.body.text();
    } catch (error) {
      throw unreachable(this.#socketPath, error);
    }
    const answer = parse(text);
    if (code >= 200 && code < 300) return answer;
    const message = decodeErrorMessage(answer);
    if (message === null) throw this.#stranger(path);
    throw new RefusedError(message);
  }

  #decoded<T>(value: T | null, path: string): T {
    if (value === null) throw this.#stranger(path);
    return value;
  }

  #stranger(path: string): UnreachableError {
    return new UnreachableError(`what answers on "${this.#socketPath}" does not answer "${path}" as fairlead does`, {
      help: 'give the socket of a fairlead daemon of this version with --socket',
    });
  }
}

/** One look at a daemon's status, for who asks seldom. Errors: as {@link ControlClient}. */
export function readStatus(socketPath: string): Promise<Status> {
  return askOnce(socketPath, (client) => client.status());
}

/** One look at the spec that a daemon has in force. Errors: as {@link ControlClient}. */
export function readSpecInForce(socketPath: string): Promise<SpecInForce> {
  return askOnce(socketPath, (client) => client.spec());
}

async function askOnce<Answer>(socketPath: string, ask: (client: ControlClient) => Promise<Answer>): Promise<Answer> {
  const client = new ControlClient({ socketPath });
  try {
    return await ask(client);
  } finally {
    await client.close();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unreachable(socketPath: string, error: unknown): UnreachableError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const { why, help } = inWords(code, socketPath, error);
  return new UnreachableError(`the daemon cannot be reached on "${socketPath}": ${why}`, { help, cause: error });
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

function inWords(code: string, socketPath: string, error: unknown): { readonly why: string; readonly help: string } {
  switch (code) {
    case 'ENOENT':
      return {
        why: 'the socket does not exist',
        help: 'start the daemon (`systemctl start fairlead`, or `fairlead run`), or give its socket with --socket',
      };
    case 'ECONNREFUSED':
      if (!isSocket(socketPath)) return { why: 'it is no socket', help: 'give the socket of a daemon with --socket' };
      return {
        why: 'nobody listens there, so the daemon has ended',
        help: 'start it again (`systemctl start fairlead`, or `fairlead run`)',
      };
    case 'EACCES':
    case 'EPERM':
      return { why: 'permission denied', help: 'run this as the user that runs the daemon, usually root' };
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return { why: 'it did not answer in time', help: 'it may be paused or very busy; look at its log and try again' };
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
    case 'EPIPE':
      return { why: 'it ended while it was asked', help: 'ask again once it is back' };
    default: {
      const message = messageOf(error);
      return { why: message, help: 'look at its log, or give the right socket with --socket' };
    }
  }
}
