/** Resources of the type `script`: a process that is kept and watched, or own commands. */
import type { Outcome } from '../model/operation.js';
import type { Agent, AgentCall } from './agent.js';
import { delay } from './delay.js';
import { baseEnvironment, operationEnvironment } from './environment.js';
import { describeDoubt } from './kept-end.js';
import type { KeptCommand, KeptProcesses } from './kept-process.js';
import { hasNoRoom } from './no-room.js';
import { noKillPath } from './ocf-agent.js';
import {
  CANCELLED,
  DONE,
  failed,
  lastLine,
  outcomeOfBrokenRun,
  reasonOf,
  RUNNING,
  STOPPED,
  timedOut,
  unknown,
} from './outcome.js';
import { CLOSING, graceMsOf, runProcess } from './process-run.js';
import { proveRunning, proveStopped } from './proof.js';
import type { ScriptParameters } from './script-parameters.js';
import { readScriptParameters } from './script-parameters.js';

type Kept = Extract<ScriptParameters, { readonly kind: 'kept' }>;
type Commands = Extract<ScriptParameters, { readonly kind: 'commands' }>;

/** Exit code of an own monitor that says that it does not run; the same as OCF's. */
const NOT_RUNNING = 7;

/** Pause between two looks at a process that is not ready yet. */
const READY_PAUSE_MS = 50;

/** The share of a stop's time that is kept back for killing: a fifth, at most this. Ours: a killed process is gone within milliseconds. */
const KILL_SHARE_MAX_MS = 5000;

/** Time to clean up after a start that has none left. */
const CLEAN_UP_MS = 1000;

/** Makes the agent for the type `script`. */
export function scriptAgent(options: { readonly kept: KeptProcesses; readonly path?: string }): Agent {
  const { kept, path } = options;
  const byKind =
    (
      ofKept: (call: AgentCall, parameters: Kept) => Promise<Outcome>,
      ofCommands: (call: AgentCall, parameters: Commands) => Promise<Outcome>,
    ) =>
    async (call: AgentCall): Promise<Outcome> => {
      const parameters = readScriptParameters(call.operation.resource);
      if (typeof parameters === 'string') {
        return failed('fatal', parameters);
      }
      return parameters.kind === 'kept' ? ofKept(call, parameters) : ofCommands(call, parameters);
    };
  const run = (
    call: AgentCall,
    parameters: ScriptParameters,
    argv: readonly string[],
    judge: Judge,
  ): Promise<Outcome> => runCommand({ call, parameters, argv, path, judge });
  const lookAtCommands = lookWith(path);
  const checkHealth = async (call: AgentCall, parameters: Kept): Promise<Outcome> =>
    parameters.monitor === null ? RUNNING : run(call, parameters, parameters.monitor, judgeHealth);
  return {
    probe: byKind((call) => probeKept(kept, call), lookAtCommands),
    monitor: byKind((call, parameters) => monitorKept(kept, call, () => checkHealth(call, parameters)), lookAtCommands),
    start: byKind(
      (call, parameters) => {
        const environment = commandEnvironment(call, parameters, path);
        const command = { argv: parameters.run, environment, directory: parameters.directory };
        return startKept({ kept, call, parameters, command, checkHealth: () => checkHealth(call, parameters) });
      },
      async (call, parameters) => {
        const said = await run(call, parameters, parameters.start, judgeCommand);
        return said.kind === 'done' ? proveRunning(call, () => lookAtCommands(call, parameters)) : said;
      },
    ),
    stop: byKind((call, { stopSignal }) => {
      const timeMs = call.leftMs();
      return endKept(kept, call, { stopSignal, killAfterMs: timeMs - Math.min(timeMs / 5, KILL_SHARE_MAX_MS) });
    }, stopWith(path)),
    kill: byKind(
      (call, { stopSignal }) => endKept(kept, call, { stopSignal, killAfterMs: 0 }),
      async (call, parameters) => {
        const found = await lookAtCommands(call, parameters);
        return found.kind === 'stopped' ? DONE : failed('fatal', noKillPath('script with start and stop'));
      },
    ),
  };
}

/** The agent for own commands alone, as far as a guard needs it: to stop, and to look whether that is needed. */
export function commandsAgent(options: { readonly path?: string }): Pick<Agent, 'probe' | 'stop'> {
  const { path } = options;
  const ofCommands =
    (act: (call: AgentCall, parameters: Commands) => Promise<Outcome>) =>
    async (call: AgentCall): Promise<Outcome> => {
      const parameters = readScriptParameters(call.operation.resource);
      if (typeof parameters === 'string') return failed('fatal', parameters);
      return parameters.kind === 'commands' ? act(call, parameters) : failed('fatal', 'it has no commands of its own');
    };
  return { probe: ofCommands(lookWith(path)), stop: ofCommands(stopWith(path)) };
}

function lookWith(path: string | undefined): (call: AgentCall, parameters: Commands) => Promise<Outcome> {
  return (call, parameters) => runCommand({ call, parameters, argv: parameters.monitor, path, judge: judgeMonitor });
}

function stopWith(path: string | undefined): (call: AgentCall, parameters: Commands) => Promise<Outcome> {
  const look = lookWith(path);
  return async (call, parameters) => {
    const said = await runCommand({ call, parameters, argv: parameters.stop, path, judge: judgeCommand });
    return said.kind === 'done' ? proveStopped(call, () => look(call, parameters)) : said;
  };
}

async function probeKept(kept: KeptProcesses, call: AgentCall): Promise<Outcome> {
  const look = await kept.look(call.operation.resource.id);
  switch (look.kind) {
    case 'running':
      return RUNNING;
    case 'absent':
      return STOPPED;
    case 'remnants':
      return failed('soft', `its main process is gone and ${remains(look.pids)}`);
    case 'doubtful':
      return unknown(describeDoubt(call.operation.resource.id, look.pids));
  }
}

async function monitorKept(
  kept: KeptProcesses,
  call: AgentCall,
  checkHealth: () => Promise<Outcome>,
): Promise<Outcome> {
  const look = await kept.look(call.operation.resource.id);
  switch (look.kind) {
    case 'running':
      return checkHealth();
    case 'absent':
      // Nothing of it is left, but how it ended is worth more to people than that it is not there.
      return look.ended === null ? STOPPED : failed('soft', look.ended);
    case 'remnants':
      return failed('soft', `${look.ended ?? 'its main process is gone'}; ${remains(look.pids)}`);
    case 'doubtful':
      return unknown(describeDoubt(call.operation.resource.id, look.pids));
  }
}

async function startKept(options: {
  readonly kept: KeptProcesses;
  readonly call: AgentCall;
  readonly parameters: Kept;
  readonly command: KeptCommand;
  readonly checkHealth: () => Promise<Outcome>;
}): Promise<Outcome> {
  const { kept, call, parameters, command } = options;
  const { id } = call.operation.resource;
  const found = await kept.look(id);
  if (!(found.kind === 'running' && kept.isSameCommand(found, command))) {
    const cleared =
      found.kind === 'absent'
        ? DONE
        : await endKept(kept, call, { stopSignal: parameters.stopSignal, killAfterMs: call.leftMs() / 5 });
    if (cleared.kind !== 'done') {
      return cleared;
    }
    const problem = await kept.start(id, command, call.isPermitted);
    if (problem === 'refused') {
      return CANCELLED;
    }
    if (problem !== null) {
      const { code, message } = problem;
      if (hasNoRoom(code)) return unknown(`there is no room on this machine to run "${parameters.run[0]}": ${message}`);
      const where = parameters.directory === '/' ? '' : ` in "${parameters.directory}"`;
      return failed('node', `"${parameters.run[0]}" cannot be run${where}: ${message}`);
    }
    await Promise.race([delay(parameters.startAfterMs, call.signal), kept.ending(id)]);
  }
  const started = await waitUntilReady(options);
  // A start that failed leaves nothing behind; one that the end of the daemon interrupts is adopted by the next.
  if (started.kind !== 'done' && call.signal.reason !== CLOSING) {
    await endKept(kept, beyondDeadline(call), { stopSignal: parameters.stopSignal, killAfterMs: 0 });
  }
  return started;
}

async function waitUntilReady(options: {
  readonly kept: KeptProcesses;
  readonly call: AgentCall;
  readonly checkHealth: () => Promise<Outcome>;
}): Promise<Outcome> {
  const { kept, call, checkHealth } = options;
  const graceMs = graceMsOf(call.operation.timeoutMs);
  let why: string | null = null;
  for (;;) {
    const look = await kept.look(call.operation.resource.id);
    if (call.signal.aborted || call.isPermitted?.() === false) {
      return CANCELLED;
    }
    if (look.kind !== 'running') {
      const ended = look.kind === 'doubtful' ? null : look.ended;
      return failed('soft', `${ended ?? 'it ended'} (what "run" starts must stay in the foreground)`);
    }
    const health = await checkHealth();
    if (health.kind === 'running') {
      return DONE;
    }
    if (health.kind === 'failed' && health.class !== 'soft') {
      return health;
    }
    // A look that the end of the start cut short tells less than the one before it.
    if (why === null || health.kind !== 'timeout') why = reasonOf(health);
    if (call.leftMs() <= graceMs) return timedOut(`it runs but was not ready in time: ${why}`);
    await delay(READY_PAUSE_MS, call.signal);
  }
}

/** Ends it and says what that proves. */
async function endKept(
  kept: KeptProcesses,
  call: AgentCall,
  options: { readonly stopSignal: NodeJS.Signals; readonly killAfterMs: number },
): Promise<Outcome> {
  const end = await kept.end(call.operation.resource.id, {
    signal: options.stopSignal,
    killAfterMs: options.killAfterMs,
    leftMs: call.leftMs,
    cancel: call.signal,
  });
  switch (end.kind) {
    case 'gone':
      return DONE;
    case 'cancelled':
      return CANCELLED;
    case 'left':
      return timedOut(`process ${end.pids.join(', ')} did not end in time`);
    case 'doubtful':
      return unknown(describeDoubt(call.operation.resource.id, end.pids));
  }
}

/** Cleaning up after an operation that has no time left, or was cancelled, still takes a moment. */
function beyondDeadline(call: AgentCall): AgentCall {
  const until = performance.now() + CLEAN_UP_MS;
  return { ...call, leftMs: () => until - performance.now(), signal: new AbortController().signal };
}

function remains(pids: readonly number[]): string {
  return pids.length === 1 ? `process ${pids[0]} of it lives on` : `${pids.length} processes of it live on`;
}

type Judge = (exit: { readonly code: number; readonly stdout: string; readonly stderr: string }) => Outcome;

async function runCommand(options: {
  readonly call: AgentCall;
  readonly parameters: ScriptParameters;
  readonly argv: readonly string[];
  readonly path: string | undefined;
  readonly judge: Judge;
}): Promise<Outcome> {
  const { call, parameters, argv, path, judge } = options;
  const end = await runProcess({
    argv,
    environment: commandEnvironment(call, parameters, path),
    directory: parameters.directory,
    timeoutMs: call.leftMs(),
    signal: call.signal,
    isPermitted: call.isPermitted,
    note: call.note,
  });
  if (end.kind === 'exited') {
    return judge(end);
  }
  // What is not here cannot have been started here.
  const isMissing = end.kind === 'not-started' && end.code === 'ENOENT';
  return isMissing && call.operation.action === 'probe' ? STOPPED : (outcomeOfBrokenRun(end, `"${argv[0]}"`) ?? DONE);
}

function commandEnvironment(
  call: AgentCall,
  parameters: ScriptParameters,
  path: string | undefined,
): Record<string, string> {
  return { ...baseEnvironment(path), ...parameters.environment, ...operationEnvironment(call.operation) };
}

const judgeCommand: Judge = ({ code, stdout, stderr }) =>
  code === 0 ? DONE : failed('soft', wordsOf({ code, stdout, stderr }), code);

const judgeMonitor: Judge = (exit) => {
  if (exit.code === NOT_RUNNING) {
    return STOPPED;
  }
  return exit.code === 0 ? RUNNING : failed('soft', wordsOf(exit), exit.code);
};

/** A kept process lives, whatever its monitor says: so there is only well and not well. */
const judgeHealth: Judge = (exit) => (exit.code === 0 ? RUNNING : failed('soft', wordsOf(exit), exit.code));

function wordsOf({
  code,
  stdout,
  stderr,
}: {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}): string {
  const words = lastLine(stderr) || lastLine(stdout);
  return words === '' ? `exit code ${code}` : `${words} (exit code ${code})`;
}
