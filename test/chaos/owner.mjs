/**
 * The service of the chaos: whoever has the address runs it. It takes numbers from a client and writes each, with the time, into a log that all hosts share, before it answers with the name of its host; and it writes by itself every few milliseconds, so that
 * two that run at once are seen even when no client reaches one of them.
 *
 * Usage: node owner.mjs ADDRESS PORT LOG_SOCKET, with the name of the host in FAIRLEAD_NODE
 *
 * The log is a socket in a folder of the machine's disk, which no cut of a link reaches: a node that is cut off can still write, as to storage on another network.
 */
import { connect, createServer } from 'node:net';
import { performance } from 'node:perf_hooks';

const [address = '', port = '', logSocket = ''] = process.argv.slice(2);
const host = process.env.FAIRLEAD_NODE ?? '';

/** How often it writes without being asked. */
const EVERY_MS = 10;

const log = connect(logSocket);
// Without the log there is nothing to own; whoever supervises starts it again.
log.on('error', () => process.exit(1));
log.on('close', () => process.exit(1));

/** Wall time of the machine. */
function now() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
}

/** @param {string} number */
function write(number) {
  log.write(`${host} ${process.pid} ${now()} ${number}\n`);
}

const server = createServer((socket) => {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0) return;
    const number = /^\d+$/.exec(text.slice(0, end))?.[0];
    if (number !== undefined) write(number);
    socket.end(`${host}\n`);
  });
  socket.on('error', () => socket.destroy());
});
log.on('connect', () => {
  server.on('error', () => process.exit(1));
  server.listen({ host: address, port: Number(port) });
  write('-');
  setInterval(() => write('-'), EVERY_MS);
});
