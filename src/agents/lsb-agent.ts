/**
 * LSB init scripts under /etc/init.d.
 *
 * Scripts that lie are common: a start or stop is done only when the script's own status agrees, and a status that never changes is found out by that.
 *
 * Source: Linux Standard Base 5.0, chapter 22 "System Initialization", init script actions and their exit codes.
 */
import { join } from 'node:path';
import type { Outcome } from '../model/operation.js';
import type { Agent, AgentCall } from './agent.js';
import { baseEnvironment, operationEnvironment } from './environment.js';
import { isThere } from './is-there.js';
import { noKillPath } from './ocf-agent.js';
import { DONE, failed, lastLine, outcomeOfBrokenRun, RUNNING, STOPPED, unknown } from './outcome.js';
import type { FailureClass } from './outcome.js';
import { proveRunning, proveStopped } from './proof.js';
import type { ProcessEnd } from './process-run.js';
import { runProcess } from './process-run.js';

/** Where the scripts stand unless told otherwise. */
export const LSB_FOLDER = '/etc/init.d';

const LSB_TYPE = /^lsb:([A-Za-z0-9_][\w.@-]*)$/;

/** Exit codes of every action but status. */
const FAILURES: Readonly<Record<number, { readonly words: string; readonly class: FailureClass }>> = {
  1: { words: 'generic error', class: 'soft' },
  2: { words: 'wrong arguments', class: 'node' },
  3: { words: 'action not implemented', class: 'fatal' },
  4: { words: 'no permission', class: 'node' },
  5: { words: 'not installed', class: 'node' },
  6: { words: 'not configured', class: 'node' },
  7: { words: 'not running', class: 'soft' },
};

/** What a monitor makes of a status that says neither running nor stopped. */
const DEAD: Readonly<Record<number, string>> = {
  1: 'it is dead and its pid file is still there',
  2: 'it is dead and its lock file is still there',
};

/** The path of a script; null for a type that is not of the form `lsb:NAME`. */
export function lsbScriptPath(folder: string, type: string): string | null {
  const name = LSB_TYPE.exec(type)?.[1];
  return name === undefined ? null : join(folder, name);
}

/** Makes the agent for every `lsb:` type. */
export function lsbAgent(options: { readonly folder: string; readonly path?: string }): Agent {
  const run = async (
    call: AgentCall,
    action: 'start' | 'stop' | 'status',
    judge: (end: Extract<ProcessEnd, { readonly kind: 'exited' }>) => Outcome,
  ): Promise<Outcome> => {
    const { resource } = call.operation;
    const script = lsbScriptPath(options.folder, resource.type);
    if (script === null) {
      return failed('fatal', `"${resource.type}" is not of the form lsb:NAME`);
    }
    if (!isThere(script)) {
      const isProbe = action === 'status' && call.operation.action === 'probe';
      return isProbe ? STOPPED : failed('node', `"${script}" is not installed on this node`);
    }
    const end = await runProcess({
      argv: [script, action],
      environment: { ...baseEnvironment(options.path), ...operationEnvironment(call.operation) },
      timeoutMs: call.leftMs(),
      signal: call.signal,
      isPermitted: call.isPermitted,
      note: call.note,
    });
    return end.kind === 'exited' ? judge(end) : (outcomeOfBrokenRun(end, `"${script} ${action}"`) ?? DONE);
  };
  const probe = (call: AgentCall): Promise<Outcome> => run(call, 'status', outcomeOfProbe);
  const monitor = (call: AgentCall): Promise<Outcome> => run(call, 'status', outcomeOfMonitor);
  return {
    probe,
    monitor,
    start: async (call) => {
      const said = await run(call, 'start', ({ code, stdout, stderr }) =>
        code === 0 ? DONE : failureOf({ code, stdout, stderr }),
      );
      return said.kind === 'done' ? proveRunning(call, () => monitor(call)) : said;
    },
    stop: async (call) => {
      const said = await run(call, 'stop', ({ code, stdout, stderr }) =>
        code === 0 || code === 7 ? DONE : failureOf({ code, stdout, stderr }),
      );
      return said.kind === 'done' ? proveStopped(call, () => probe(call)) : said;
    },
    kill: async (call) => {
      const found = await probe(call);
      return found.kind === 'stopped' ? DONE : failed('fatal', noKillPath(call.operation.resource.type));
    },
  };
}

type Exit = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** What scripts print when they are asked for an action that they do not have; the codes that go with it are those that mean "not running". */
const USAGE = /^\s*usage\b/im;

function outcomeOfProbe(exit: Exit): Outcome {
  return exit.code in DEAD && !isUsage(exit) ? STOPPED : outcomeOfMonitor(exit);
}

function isUsage({ stdout, stderr }: Exit): boolean {
  return USAGE.test(stdout) || USAGE.test(stderr);
}

function outcomeOfMonitor(exit: Exit): Outcome {
  if (isUsage(exit)) {
    return unknown(`its script has no "status": asked for it, it printed its usage and exited with ${exit.code}`);
  }
  const dead = DEAD[exit.code];
  if (dead !== undefined) {
    return failed('soft', wordsOf(exit, `${dead}, status ${exit.code}`), exit.code);
  }
  switch (exit.code) {
    case 0:
      return RUNNING;
    case 3:
      return STOPPED;
    default:
      return unknown(wordsOf(exit, `status ${exit.code} says neither running nor stopped`));
  }
}

function failureOf(exit: Exit): Outcome {
  const row = FAILURES[exit.code];
  const meaning = row === undefined ? `exit code ${exit.code}` : `${row.words}, exit code ${exit.code}`;
  return failed(row?.class ?? 'soft', wordsOf(exit, meaning), exit.code);
}

/** The script's last words, complaints first, with the meaning of its exit code. */
function wordsOf(exit: Exit, meaning: string): string {
  const words = lastLine(exit.stderr) || lastLine(exit.stdout);
  return words === '' ? meaning : `${words} (${meaning})`;
}
