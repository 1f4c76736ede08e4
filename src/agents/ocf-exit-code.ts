/**
 * What the exit codes of OCF agents mean.
 *
 * Source: OCF resource agent API 1.1 (exit codes 0 to 9); 190 and 191 as Pacemaker 2.1 defines them. Who can still help after 1 to 6 is told differently by different
 * pages; here 1 may be retried, 2, 4 and 5 are about this machine, 3 and 6 about the agent and the spec.
 */
import { unreachable } from '../base/invariant.js';
import type { OperationAction, Outcome } from '../model/operation.js';
import type { FailureClass } from './outcome.js';
import { DONE, failed, lastLine, RUNNING, STOPPED } from './outcome.js';

/** A row of the table of exit codes. */
export interface OcfExitCode {
  readonly code: number;
  readonly name: string;
  readonly words: string;
  /** Who can still help when an action fails with it. */
  readonly class: FailureClass;
}

/** The exit codes that have a name. */
export const OCF_EXIT_CODES: readonly OcfExitCode[] = [
  { code: 0, name: 'OCF_SUCCESS', words: 'success', class: 'soft' },
  { code: 1, name: 'OCF_ERR_GENERIC', words: 'generic error', class: 'soft' },
  { code: 2, name: 'OCF_ERR_ARGS', words: 'parameters not valid on this machine', class: 'node' },
  { code: 3, name: 'OCF_ERR_UNIMPLEMENTED', words: 'action not implemented', class: 'fatal' },
  { code: 4, name: 'OCF_ERR_PERM', words: 'no permission', class: 'node' },
  { code: 5, name: 'OCF_ERR_INSTALLED', words: 'not installed', class: 'node' },
  { code: 6, name: 'OCF_ERR_CONFIGURED', words: 'parameters not valid', class: 'fatal' },
  { code: 7, name: 'OCF_NOT_RUNNING', words: 'not running', class: 'soft' },
  { code: 8, name: 'OCF_RUNNING_PROMOTED', words: 'running promoted', class: 'soft' },
  { code: 9, name: 'OCF_FAILED_PROMOTED', words: 'failed while promoted', class: 'soft' },
  { code: 190, name: 'OCF_DEGRADED', words: 'running but degraded', class: 'soft' },
  { code: 191, name: 'OCF_DEGRADED_PROMOTED', words: 'running promoted but degraded', class: 'soft' },
];

/** Codes of a monitor that say that it runs. */
const RUNNING_CODES = [0, 8, 190, 191];
/** Codes of a monitor that say that it runs, and not well. */
const DEGRADED_CODES = [190, 191];
/** Code of a monitor or a stop that says that it does not run. */
const NOT_RUNNING = 7;
/** Code that says that the software is not here. */
const NOT_INSTALLED = 5;

/** The mark of the line of stderr that is meant for people. */
export const EXIT_REASON_PREFIX = 'ocf-exit-reason:';

/**
 * The outcome of an agent that exited.
 *
 * Shape: for a stop, done is only the agent's word; it still has to be proved.
 */
export function outcomeOfExit(
  action: OperationAction,
  exit: { readonly code: number; readonly stderr: string },
): Outcome {
  const { code } = exit;
  switch (action) {
    case 'probe':
      // What is not installed cannot run; for a start the same code keeps the resource off this node.
      return code === NOT_INSTALLED ? STOPPED : outcomeOfLook(exit);
    case 'monitor':
      return outcomeOfLook(exit);
    case 'start':
    case 'reload':
      return code === 0 ? DONE : failureOf(exit);
    case 'stop':
    case 'kill':
      return code === 0 || code === NOT_RUNNING ? DONE : failureOf(exit);
    default:
      return unreachable(action);
  }
}

/** An exit in words: the agent's own first, then what its code means. */
export function exitWords(exit: { readonly code: number; readonly stderr: string }): string {
  return reasonOf(exit);
}

/** Whether a code says that all is well: for a look that it runs, for anything else that it was done. */
export function isGoodExit(action: string, code: number): boolean {
  return action === 'monitor' || action === 'probe' ? RUNNING_CODES.includes(code) : code === 0;
}

/** What the agent wants people to know about a service that runs degraded; null for any other exit. */
export function degradedReason(exit: { readonly code: number; readonly stderr: string }): string | null {
  return DEGRADED_CODES.includes(exit.code) ? reasonOf(exit) : null;
}

function outcomeOfLook(exit: { readonly code: number; readonly stderr: string }): Outcome {
  if (RUNNING_CODES.includes(exit.code)) {
    return RUNNING;
  }
  return exit.code === NOT_RUNNING ? STOPPED : failureOf(exit);
}

function failureOf(exit: { readonly code: number; readonly stderr: string }): Outcome {
  const row = OCF_EXIT_CODES.find(({ code }) => code === exit.code);
  return failed(row?.class ?? 'soft', reasonOf(exit), exit.code);
}

/** The agent's own words first, the code's meaning after them. */
function reasonOf({ code, stderr }: { readonly code: number; readonly stderr: string }): string {
  const row = OCF_EXIT_CODES.find((known) => known.code === code);
  const meaning = row === undefined ? `exit code ${code}` : `${row.words}, exit code ${code}`;
  const marked = stderr.split('\n').findLast((line) => line.startsWith(EXIT_REASON_PREFIX));
  const words = marked?.slice(EXIT_REASON_PREFIX.length).trim() ?? lastLine(stderr);
  return words === '' ? meaning : `${words} (${meaning})`;
}
