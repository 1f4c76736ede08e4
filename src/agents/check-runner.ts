/** Makes the rounds of checks: one look each, within its time. */
import { stat } from 'node:fs/promises';
import { messageOf } from '../base/error-message.js';
import { formatDuration } from '../base/duration.js';
import { unreachable } from '../base/invariant.js';
import type { CheckResult, CheckSpec } from '../model/check.js';
import { askTarget } from './ask-target.js';
import { baseEnvironment } from './environment.js';
import { ProgramFinder } from './find-program.js';
import { lookAtDisks, lookAtLoad, lookAtMemory } from './look-at-health.js';
import { PathLooks } from './look-at-path.js';
import { hasNoRoom } from './no-room.js';
import { lastLine, oneLine } from './outcome.js';
import type { ProcessEnd } from './process-run.js';
import { runProcess } from './process-run.js';

/** For whom a check is made. */
export interface CheckContext {
  readonly node: string;
  /** Null for a check of the node. */
  readonly resource: string | null;
  readonly signal: AbortSignal;
  readonly path?: string | undefined;
}

const PASSED: CheckResult = { kind: 'passed' };

/** The checks of one node. */
export class CheckRunner {
  readonly #looks = new PathLooks();
  readonly #programs = new ProgramFinder();

  /** One round. Never rejects for anything that the world does. */
  async run(check: CheckSpec, context: CheckContext): Promise<CheckResult> {
    const result = await this.#look(check, context);
    return result.kind === 'passed' ? result : { ...result, why: oneLine(result.why) };
  }

  async #look(check: CheckSpec, context: CheckContext): Promise<CheckResult> {
    const { probe, timeoutMs } = check;
    switch (probe.kind) {
      case 'run':
        return resultOfProgram(await runCheckProgram(check, probe.argv, context), check);
      case 'target': {
        const { signal, path } = context;
        const answer = await askTarget(probe.target, { timeoutMs, signal, path }, probe);
        if (answer.kind === 'yes') return PASSED;
        const why = `${probe.target.text}: ${answer.why}`;
        return answer.kind === 'no' ? failedCheck(why) : { kind: 'unknown', why };
      }
      case 'file':
        return this.#lookAtFile(check, probe, context);
      case 'process':
        return this.#lookForProgram(probe.name);
      case 'disk':
        return lookAtDisks(probe, this.#looks, timeoutMs);
      case 'memory':
        return lookAtMemory(probe);
      case 'load':
        return lookAtLoad(probe);
      default:
        return unreachable(probe);
    }
  }

  async #lookForProgram(name: string): Promise<CheckResult> {
    try {
      return (await this.#programs.find(name)) ? PASSED : failedCheck(`no process of "${name}" runs`);
    } catch (error) {
      return { kind: 'unknown', why: messageOf(error) };
    }
  }

  async #lookAtFile(
    { id, timeoutMs }: CheckSpec,
    { path, newerThanMs }: { readonly path: string; readonly newerThanMs?: number },
    { resource }: CheckContext,
  ): Promise<CheckResult> {
    const seen = await this.#looks.make(`${resource ?? ''} ${id}`, timeoutMs, () => stat(path));
    switch (seen.kind) {
      case 'seen': {
        const ageMs = Date.now() - seen.value.mtimeMs;
        return newerThanMs === undefined || ageMs <= newerThanMs
          ? PASSED
          : failedCheck(`${path} was changed ${formatDuration(ageMs)} ago`);
      }
      case 'error':
        return failedCheck(seen.code === 'ENOENT' ? `there is no ${path}` : seen.message);
      case 'hangs':
        return failedCheck(`${path} does not answer`);
      case 'full':
        return { kind: 'unknown', why: `${path} is not looked at while others do not answer` };
      default:
        return unreachable(seen);
    }
  }
}

function failedCheck(why: string): CheckResult {
  return { kind: 'failed', why };
}

function runCheckProgram(
  { id, timeoutMs }: CheckSpec,
  argv: readonly string[],
  { node, resource, signal, path }: CheckContext,
): Promise<ProcessEnd> {
  const environment = {
    ...baseEnvironment(path),
    FAIRLEAD_NODE: node,
    FAIRLEAD_CHECK: id,
    ...(resource === null ? {} : { FAIRLEAD_RESOURCE: resource }),
  };
  return runProcess({ argv, environment, timeoutMs, graceMs: 0, signal });
}

function resultOfProgram(end: ProcessEnd, { timeoutMs }: CheckSpec): CheckResult {
  const words = lastLine(end.stderr) || lastLine(end.stdout);
  const said = words === '' ? '' : `: ${words}`;
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? PASSED : failedCheck(`it exited with ${end.code}${said}`);
    case 'signalled':
      return failedCheck(`it was ended by ${end.signal}${said}`);
    case 'timeout':
      return failedCheck(`it took longer than ${formatDuration(timeoutMs)} and was ended${said}`);
    case 'cancelled':
      return { kind: 'unknown', why: 'it was called off' };
    case 'not-started':
      return hasNoRoom(end.code) ? { kind: 'unknown', why: end.message } : failedCheck(end.message);
    default:
      return unreachable(end);
  }
}
