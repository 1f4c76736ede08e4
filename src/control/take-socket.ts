/**
 * The control socket, taken before there is anybody to answer.
 *
 * Source: unix(7): a socket's file mode is what `umask` leaves of it, and `connect` needs the right to write.
 */
import type { Stats } from 'node:fs';
import { lstatSync, rmSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { messageOf } from '../base/error-message.js';
import { whyNoSocketPath } from './paths.js';

/** How long a daemon that may be behind a socket has to accept. */
const LOOK_MS_MAX = 2000;

/** Leaves read and write to the owner alone, for the file that is made while it is in force. */
const OWNER_ONLY = 0o177;

/** Connections at once; a person has one or two, a monitoring system a few. Ours. */
const CONNECTIONS_MAX = 64;

/** How long a client may take to send a request. Ours: it runs on this machine. */
const REQUEST_MS_MAX = 10_000;

/** How long requests under way may take when the server closes. */
const CLOSING_MS_MAX = 1000;

/** A control socket that is this process's. Who asks before there is somebody to {@link ControlSocket.answer answer} waits. */
export interface ControlSocket {
  readonly path: string;
  /** Answers requests from now on, those first that wait. */
  answer(by: { readonly onRequest: RequestListener; readonly onError: (error: Error) => void }): void;
  /** Takes no more requests, lets those under way finish for a moment, and removes the socket. */
  close(): Promise<void>;
}

/**
 * Takes the control socket. One that a dead daemon left is replaced.
 *
 * Who comes here has the directories of its daemon to itself. A path can be another's all the same, since it is given apart from them; of two such that start at one moment, one may lose the path to the other, and then runs on without being asked.
 *
 * Errors: rejects with one sentence that names the socket when a living daemon answers there, something else has the path, or it cannot be made.
 */
export async function takeControlSocket(path: string): Promise<ControlSocket> {
  const why = whyNoSocketPath(path);
  if (why !== null) throw new Error(why);
  await clearTheWay(path);
  const waiting: Parameters<RequestListener>[] = [];
  let take: RequestListener = (request, response) => void waiting.push([request, response]);
  let tell: (error: Error) => void = () => undefined;
  const server = createServer({ requestTimeout: REQUEST_MS_MAX }, (request, response) => take(request, response));
  server.maxConnections = CONNECTIONS_MAX;
  server.on('clientError', (_, socket) => socket.destroy());
  await listen(server, path);
  // One connection that cannot be accepted does not end the others.
  server.on('error', (error) => tell(error));
  return {
    path,
    answer: ({ onRequest, onError }) => {
      take = onRequest;
      tell = onError;
      for (const [request, response] of waiting.splice(0)) onRequest(request, response);
    },
    close: () => {
      for (const [, response] of waiting.splice(0)) response.destroy();
      return close(server);
    },
  };
}

async function clearTheWay(path: string): Promise<void> {
  const found = lookAt(path);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new Error(`"${path}" is there and is no socket; remove it, or give another path with --socket`);
  }
  if (await isAnswered(path)) {
    throw new Error(
      `another daemon answers on "${path}"; stop it first, or give this one its own --state-dir, --run-dir and --socket`,
    );
  }
  rmSync(path, { force: true });
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const why = messageOf(error);
    throw new Error(
      `the control socket "${path}" is out of reach: ${why}; start this as root, or give it a --state-dir and a --run-dir of its own`,
      { cause: error },
    );
  }
}

/** Whether somebody listens on a socket. One that is too busy to accept in time is alive as well. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
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

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(`the control socket "${path}" cannot be made: ${error.message}`, { cause: error }));
    });
    // The file is made within this call, so nothing else of this process is made under the narrow mask.
    const before = process.umask(OWNER_ONLY);
    try {
      server.listen(path, () => {
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
