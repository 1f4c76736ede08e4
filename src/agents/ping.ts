/** One round of a ping: how many of its hosts answer. */
import type { PingSpec } from '../model/cluster-spec.js';
import { limits } from '../model/limits.js';
import type { Target } from '../model/target.js';
import { askTarget } from './ask-target.js';
import type { AskOptions, TargetAnswer } from './target-answer.js';

/** Asks every host, each up to `attempts` times. Shape: how many answered; null when some host could not be asked, for want of the program or the permission. */
export async function pingHosts(
  ping: PingSpec,
  options: { readonly path?: string; readonly signal: AbortSignal },
): Promise<number | null> {
  const waiting = [...ping.hosts];
  const answers: TargetAnswer[] = [];
  const askNext = async (): Promise<void> => {
    for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) {
      answers.push(await askHost(host, ping.attempts, { ...options, timeoutMs: ping.timeoutMs }));
    }
  };
  await Promise.all(Array.from({ length: limits.pingHostsAtOnceMax }, askNext));
  return answers.some(({ kind }) => kind === 'cannot-ask') ? null : answers.filter(({ kind }) => kind === 'yes').length;
}

async function askHost(host: Target, attempts: number, options: AskOptions): Promise<TargetAnswer> {
  let answer = await askTarget(host, options);
  for (let attempt = 1; attempt < attempts && answer.kind === 'no'; attempt += 1) {
    answer = await askTarget(host, options);
  }
  return answer;
}
