/**
 * One round of a ping: how many of its hosts answer, asked by the system's own `ping`.
 *
 * Source: ping(8) of iputils: exit code 0 for an answer, 1 for none, 2 for trouble.
 */
import type { PingSpec } from '../model/cluster-spec.js';
import { limits } from '../model/limits.js';
import { baseEnvironment } from './environment.js';
import { runProcess } from './process-run.js';

/** Time beyond the answer's that ping may take: looking up a name, starting. Ours. */
const BEYOND_TIMEOUT_MS = 1000;

/** Complaints of a ping that may not send at all, as opposed to one that cannot reach. */
const FORBIDDEN = /socket.*(not permitted|denied)|cap_net_raw/i;

type Answer = 'yes' | 'no' | 'cannot-ask';

/** Asks every host, each up to `attempts` times. Shape: how many answered; null when no host could be asked, for want of the program or the permission. */
export async function pingHosts(
  ping: PingSpec,
  options: { readonly path?: string; readonly signal: AbortSignal },
): Promise<number | null> {
  const waiting = [...ping.hosts];
  const answers: Answer[] = [];
  const askNext = async (): Promise<void> => {
    for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) {
      answers.push(await askHost(host, ping, options));
    }
  };
  await Promise.all(Array.from({ length: limits.pingHostsAtOnceMax }, askNext));
  return answers.includes('cannot-ask') ? null : answers.filter((answer) => answer === 'yes').length;
}

async function askHost(
  host: string,
  ping: PingSpec,
  options: { readonly path?: string; readonly signal: AbortSignal },
): Promise<Answer> {
  for (let attempt = 0; attempt < ping.attempts; attempt += 1) {
    const answer = await askOnce(host, ping, options);
    if (answer !== 'no') {
      return answer;
    }
  }
  return 'no';
}

async function askOnce(
  host: string,
  ping: PingSpec,
  options: { readonly path?: string; readonly signal: AbortSignal },
): Promise<Answer> {
  const end = await runProcess({
    argv: ['ping', '-n', '-q', '-c', '1', '-W', String(ping.timeoutMs / 1000), '--', host],
    environment: baseEnvironment(options.path),
    timeoutMs: ping.timeoutMs + BEYOND_TIMEOUT_MS,
    graceMs: 0,
    isAlone: true,
    signal: options.signal,
  });
  switch (end.kind) {
    case 'not-started':
    case 'cancelled':
      return 'cannot-ask';
    case 'timeout':
    case 'signalled':
      return 'no';
    case 'exited':
      return end.code === 0 ? 'yes' : end.code === 2 && FORBIDDEN.test(end.stderr) ? 'cannot-ask' : 'no';
  }
}
