/**
 * Asks a host by an echo request, through the system's own `ping`, or `fping` where that is not installed or may not send.
 *
 * Source: ping(8) of iputils: exit code 0 for an answer, 1 for none, 2 for trouble. fping(8): 0 for an answer, 1 for none, 2 for a name that is none, 3 and 4 for trouble of its own.
 */
import { baseEnvironment } from './environment.js';
import type { ProcessEnd } from './process-run.js';
import { runProcess } from './process-run.js';
import type { AskOptions, TargetAnswer } from './target-answer.js';
import { YES } from './target-answer.js';

/** Time beyond the answer's that a program may take: looking up a name, starting. Ours. */
const BEYOND_TIMEOUT_MS = 1000;

/** Complaints of a ping that may not send at all, as opposed to one that cannot reach. */
const FORBIDDEN = /socket.*(not permitted|denied)|cap_net_raw|must run as root/i;

/** One attempt. */
export async function askEcho(host: string, options: AskOptions): Promise<TargetAnswer> {
  const { timeoutMs } = options;
  const first = answerOf(
    await run(['ping', '-n', '-q', '-c', '1', '-W', String(timeoutMs / 1000), '--', host], options),
  );
  if (first.kind !== 'cannot-ask' || options.signal.aborted) return first;
  const second = answerOf(await run(['fping', '-q', '-r', '0', '-t', String(timeoutMs), '--', host], options));
  return second.kind === 'cannot-ask' ? first : second;
}

function run(argv: readonly string[], { timeoutMs, signal, path }: AskOptions): Promise<ProcessEnd> {
  return runProcess({
    argv,
    environment: baseEnvironment(path),
    timeoutMs: timeoutMs + BEYOND_TIMEOUT_MS,
    graceMs: 0,
    isAlone: true,
    signal,
  });
}

function answerOf(end: ProcessEnd): TargetAnswer {
  switch (end.kind) {
    case 'not-started':
      return { kind: 'cannot-ask', why: end.message };
    case 'cancelled':
      return { kind: 'cannot-ask', why: 'the question was called off' };
    case 'timeout':
    case 'signalled':
      return { kind: 'no', why: 'no answer' };
    case 'exited':
      if (end.code === 0) return YES;
      return end.code >= 2 && FORBIDDEN.test(end.stderr)
        ? { kind: 'cannot-ask', why: end.stderr.trim() }
        : { kind: 'no', why: 'no answer' };
  }
}
