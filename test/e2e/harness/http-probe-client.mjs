/**
 * Runs in the client's namespaces: asks for one page again and again, each time over a new connection, and prints one JSON
 * line per request: [start, end, outcome, body]. Times are wall milliseconds; outcome is `answered`, or what went wrong.
 *
 * Usage: node http-probe-client.mjs HOST PORT PATH EVERY_MS TIMEOUT_MS
 *
 * Plain sockets instead of an HTTP client: at a hundred requests a second on a small machine the watcher must not
 * disturb what it watches.
 */
import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

const [host = '', port = '', path = '', everyMs = '', timeoutMs = ''] = process.argv.slice(2);

/** No more requests than this wait at once; a tick that finds them all waiting is printed as `skipped`. */
const WAITING_MAX = Math.ceil((2 * Number(timeoutMs)) / Number(everyMs)) + 5;

/** A page that is meant to name a host is short. */
const BODY_CHARACTERS_MAX = 200;

/** A deadline that is noticed so much too late shows that this program itself did not get its turn. Ours: a timer of Node is late by a millisecond or two where its program gets its turn. */
const LATE_MS = 5;

/** Lines are written together now and then: a write per request is a good part of what the client costs. */
const WRITE_EVERY_MS = 50;

let waiting = 0;
let unwritten = '';

/** Wall time that never steps back. */
function now() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
}

/**
 * @param {number} start
 * @param {string} outcome
 * @param {string} body
 */
function print(start, outcome, body) {
  unwritten += `${JSON.stringify([start, now(), outcome, body])}\n`;
}

function write() {
  if (unwritten !== '') {
    writeSync(1, unwritten);
    unwritten = '';
  }
}

function ask() {
  const start = now();
  if (waiting >= WAITING_MAX) {
    print(start, 'skipped', '');
    return;
  }
  waiting += 1;
  let answer = '';
  let isOver = false;
  const socket = connect({ host, port: Number(port), autoSelectFamily: false });
  const dueMs = performance.now() + Number(timeoutMs);
  let deadline = setTimeout(expire, Number(timeoutMs));

  /** A client that stood still knows nothing of the service: once, the answer has its time anew. */
  function expire() {
    if (performance.now() - dueMs < LATE_MS) end('timeout', '');
    else deadline = setTimeout(() => end('timeout', ''), Number(timeoutMs));
  }

  /**
   * @param {string} outcome
   * @param {string} body
   */
  function end(outcome, body) {
    if (isOver) {
      return;
    }
    isOver = true;
    waiting -= 1;
    clearTimeout(deadline);
    socket.destroy();
    print(start, outcome, body);
  }

  socket.on('connect', () => socket.write(`GET ${path} HTTP/1.0\r\nHost: ${host}\r\n\r\n`));
  socket.on('data', (bytes) => {
    answer = (answer + bytes.toString('utf8')).slice(0, 4096);
  });
  socket.on('error', (error) => end('code' in error ? String(error.code) : 'error', ''));
  socket.on('close', () => {
    const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
    const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(head) ?? [];
    if (status === '200') {
      end('answered', body.trim().slice(0, BODY_CHARACTERS_MAX));
    } else {
      end(status === undefined ? 'no-answer' : `status-${status}`, '');
    }
  });
}

process.on('SIGTERM', () => {
  write();
  process.exit(0);
});
setInterval(ask, Number(everyMs));
setInterval(write, WRITE_EVERY_MS);
