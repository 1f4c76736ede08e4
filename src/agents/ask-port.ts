/** Asks a TCP port whether it takes a connection, which is closed again at once: nothing is said over it. */
import { connect } from 'node:net';
import type { AskOptions, TargetAnswer } from './target-answer.js';
import { answerOfError, YES } from './target-answer.js';

/** One attempt. */
export function askPort(
  { host, port }: { readonly host: string; readonly port: number },
  { timeoutMs, signal }: AskOptions,
): Promise<TargetAnswer> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ kind: 'cannot-ask', why: 'the question was called off' });
      return;
    }
    const socket = connect({ host, port });
    const settle = (answer: TargetAnswer): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', callOff);
      // A reset, not a farewell: a check every second would else fill the table of connections that wait for their end. What does not connect is not reset but waited for, so it is dropped.
      if (answer.kind === 'yes') socket.resetAndDestroy();
      else socket.destroy();
      resolve(answer);
    };
    const callOff = (): void => settle({ kind: 'cannot-ask', why: 'the question was called off' });
    const timer = setTimeout(() => settle({ kind: 'no', why: `no connection within ${timeoutMs} ms` }), timeoutMs);
    signal.addEventListener('abort', callOff);
    socket.once('connect', () => settle(YES));
    socket.on('error', (error) => settle(answerOfError(error)));
  });
}
