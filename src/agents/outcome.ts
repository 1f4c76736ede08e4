/** The outcomes that agents give, and the words in them. */
import { limits } from '../model/limits.js';
import type { Outcome } from '../model/operation.js';
import { hasNoRoom } from './no-room.js';
import type { ProcessEnd } from './process-run.js';

/** Who can still help after a failure. */
export type FailureClass = Extract<Outcome, { readonly kind: 'failed' }>['class'];

export const DONE: Outcome = { kind: 'done' };
export const RUNNING: Outcome = { kind: 'running' };
export const STOPPED: Outcome = { kind: 'stopped' };

/** Done, with what a look that proved it saw of drift. */
export function doneAs({ drift }: { readonly drift?: string }): Outcome {
  return drift === undefined ? DONE : { kind: 'done', drift };
}

/** A failure. Shape: `code` is the exit code where there was one. */
export function failed(failureClass: FailureClass, reason: string, code: number | null = null): Outcome {
  return { kind: 'failed', reason: oneLine(reason), class: failureClass, code };
}

/** What could not be found out. */
export function unknown(reason: string): Outcome {
  return { kind: 'unknown', reason: oneLine(reason) };
}

/** An operation that reached its deadline. */
export function timedOut(reason: string): Outcome {
  return { kind: 'timeout', reason: oneLine(reason) };
}

/** An operation that was ended from outside. */
export const CANCELLED: Outcome = { kind: 'unknown', reason: 'the operation was cancelled' };

/** Why an outcome is as it is, or what it is where it gives no reason. */
export function reasonOf(outcome: Outcome): string {
  return 'reason' in outcome ? outcome.reason : outcome.kind;
}

/**
 * The outcome of a program that did not run to its own end; null when it did, and its exit code has the word.
 *
 * Shape: `what` names the program in a sentence.
 */
export function outcomeOfBrokenRun(end: ProcessEnd, what: string): Outcome | null {
  switch (end.kind) {
    case 'exited':
      return null;
    case 'signalled':
      return failed('soft', `${what} was ended by ${end.signal}${said(end)}`);
    case 'timeout': {
      const left = end.left.length === 0 ? '' : `; process ${end.left.join(', ')} cannot be killed`;
      return timedOut(`${what} did not end in time and was killed${said(end)}${left}`);
    }
    case 'cancelled':
      return CANCELLED;
    case 'not-started':
      return hasNoRoom(end.code)
        ? unknown(`there is no room on this machine to run ${what}: ${end.message}`)
        : failed('node', `${what} cannot be run here: ${end.message}`);
  }
}

/** The last line of the complaints, as the end of a sentence. */
function said(end: ProcessEnd): string {
  const line = lastLine(end.stderr);
  return line === '' ? '' : `, its last words: ${line}`;
}

/** The last line that is not blank; empty when there is none. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

/**
 * The line by which a program that has ended says why: the last one but for the frames of a stack, what else is indented under a message, and what Node puts below. The last one where there is nothing else; empty when there is none.
 */
export function lastWords(text: string): string {
  const says = (line: string): boolean => /^\S.*\p{L}/u.test(line) && !/^Node\.js v\d/.test(line);
  return text.split('\n').findLast(says)?.trim() ?? lastLine(text);
}

/** Text of a program made fit for a status line: one line, no control characters, at most as long as travels to other nodes. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go.
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return line.length <= limits.reasonLengthMax ? line : `${line.slice(0, limits.reasonLengthMax - 1)}…`;
}
