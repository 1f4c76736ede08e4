/**
 * The client of the chaos: sends an increasing number through the virtual address again and again, each over a connection of its own, and prints one JSON line for each: [start, end, outcome, host].
 *
 * Usage: node writer.mjs ADDRESS PORT EVERY_MS TIMEOUT_MS
 */
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

const [address = '', port = '', everyMs = '', timeoutMs = ''] = process.argv.slice(2);

let number = 0;

/** Wall time that never steps back. */
function now() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
}

/** The next number goes out when the last was answered or given up, so that no two are under way at once. */
function send() {
  number += 1;
  const start = now();
  let answer = '';
  let isOver = false;
  const socket = connect({ host: address, port: Number(port), autoSelectFamily: false });
  const deadline = setTimeout(() => end('timeout'), Number(timeoutMs));

  /** @param {string} outcome */
  function end(outcome) {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    socket.destroy();
    process.stdout.write(`${JSON.stringify([start, now(), outcome, outcome === 'answered' ? answer.trim() : ''])}\n`);
    setTimeout(send, Number(everyMs));
  }

  socket.on('connect', () => socket.write(`${number}\n`));
  socket.on('data', (bytes) => {
    answer += bytes.toString('utf8');
  });
  socket.on('end', () => end(answer === '' ? 'closed' : 'answered'));
  socket.on('error', (error) => end('code' in error ? String(error.code) : 'error'));
}

send();
