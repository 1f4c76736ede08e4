/** Asks the daemon of this node over its control socket. Of Node alone: a package would take longer to load than the question takes. */
import { request } from 'node:http';
import { isJsonObject, parseJson } from '../base/json-object.js';
import { decodeAttributes, decodeStatus } from '../control/decode-answer.js';
import { CONTROL_PATHS } from '../control/paths.js';
import type { ShimWorld } from './shim.js';
import { SHIM_EXIT, ShimFailure } from './shim.js';

/** How long an answer may take; agents have timeouts of their own. */
const TIMEOUT_MS = 10_000;

/** The part of a shim's world that the daemon answers. Shape: `socketPath` null where none is known. */
export function daemonAt(
  socketPath: string | null,
): Pick<ShimWorld, 'attributes' | 'setAttribute' | 'status' | 'retry'> {
  const get = async (path: string): Promise<unknown> => answerOf(await ask(socketPath, path, null));
  const post = async (path: string, body: object): Promise<void> => {
    answerOf(await ask(socketPath, path, JSON.stringify(body)));
  };
  return {
    attributes: async () => {
      const answer = decodeAttributes(await get(CONTROL_PATHS.attributes));
      if (answer === null) throw stranger(socketPath);
      return answer.attributes;
    },
    setAttribute: (change) => post(CONTROL_PATHS.attributes, change),
    status: async () => {
      const answer = decodeStatus(await get(CONTROL_PATHS.status));
      if (answer === null) throw stranger(socketPath);
      return answer;
    },
    retry: (asked) => post(CONTROL_PATHS.retry, asked),
  };
}

interface Answer {
  readonly code: number;
  readonly text: string;
}

function answerOf({ code, text }: Answer): unknown {
  const value = parseJson(text);
  if (code >= 200 && code < 300) return value;
  const error = isJsonObject(value) && isJsonObject(value.error) ? value.error.message : null;
  throw new ShimFailure(SHIM_EXIT.failed, typeof error === 'string' ? error : `the daemon answered with code ${code}`);
}

function ask(socketPath: string | null, path: string, body: string | null): Promise<Answer> {
  if (socketPath === null) {
    const why = 'not connected to a daemon: FAIRLEAD_SOCKET is not set';
    return Promise.reject(new ShimFailure(SHIM_EXIT.disconnected, why));
  }
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(
        new ShimFailure(SHIM_EXIT.disconnected, `not connected to the daemon on "${socketPath}": ${error.message}`),
      );
    const asked = request(
      { socketPath, path, method: body === null ? 'GET' : 'POST', timeout: TIMEOUT_MS },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () =>
          resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    asked.on('error', fail);
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.end(body ?? undefined);
  });
}

function stranger(socketPath: string | null): ShimFailure {
  return new ShimFailure(SHIM_EXIT.disconnected, `what answers on "${socketPath ?? ''}" is no daemon of this version`);
}
