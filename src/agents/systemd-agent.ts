/**
 * systemd units, through systemctl.
 *
 * A unit that is missing or masked is a fact about this node. A unit on its way (activating, deactivating) is waited for, within the operation's deadline.
 */
import { existsSync } from 'node:fs';
import type { Outcome } from '../model/operation.js';
import type { Agent, AgentCall } from './agent.js';
import { delay } from './delay.js';
import { baseEnvironment } from './environment.js';
import { DONE, failed, lastLine, outcomeOfBrokenRun, RUNNING, STOPPED, unknown } from './outcome.js';
import { proveRunning, proveStopped } from './proof.js';
import type { ProcessEnd } from './process-run.js';
import { runProcess } from './process-run.js';
import type { UnitState } from './systemd-unit.js';
import { readUnitState, UNIT_PROPERTIES, unitOf } from './systemd-unit.js';

/** The folder that is there exactly when systemd is the machine's init. Source: sd_booted(3). */
const BOOTED_MARK = '/run/systemd/system';

/** Pause between two looks at a unit on its way. */
const LOOK_AGAIN_MS = 50;

/** A unit's state, or why it cannot be known. `isAbsent`: there is no systemd here, so none of its units runs. */
type Look =
  | { readonly kind: 'state'; readonly unit: string; readonly state: UnitState }
  | { readonly kind: 'none'; readonly outcome: Outcome; readonly isAbsent: boolean };

/** Makes the agent for every `systemd:` type. */
export function systemdAgent(options: { readonly path?: string }): Agent {
  const { path } = options;
  return {
    probe: async (call) => judgeProbe(await lookWhenSettled(call, path)),
    monitor: async (call) => judgeMonitor(await lookWhenSettled(call, path)),
    start: (call) => start(call, path),
    stop: (call) => stop(call, path),
    kill: (call) => kill(call, path),
  };
}

async function start(call: AgentCall, path: string | undefined): Promise<Outcome> {
  const look = await lookAt(call, path);
  if (look.kind === 'none') {
    return look.outcome;
  }
  const { unit, state } = look;
  const missing = missingUnit(look);
  if (missing !== null && !isUp(state)) {
    return missing;
  }
  if (state.file === 'enabled') {
    call.log.event(
      'warn',
      `"${unit}" is enabled at boot, so systemd starts it where fairlead may not want it; disable it`,
      {
        resource: call.operation.resource.id,
      },
    );
  }
  if (state.active === 'failed') {
    // A unit that failed too often is refused by systemd; how often to try is decided by the spec, not there.
    await systemctl(call, path, ['reset-failed', '--', unit]);
  }
  const end = await systemctl(call, path, ['start', '--', unit]);
  if (end.kind !== 'exited' || end.code !== 0) {
    return failureOf(end, `systemctl start ${unit}`);
  }
  // systemctl returns when the job is done, and the unit is looked at until it is no longer on its way: what it says then is final.
  return proveRunning(call, async () => judgeMonitor(await lookWhenSettled(call, path)), 0);
}

async function stop(call: AgentCall, path: string | undefined): Promise<Outcome> {
  const look = await lookAt(call, path);
  if (look.kind === 'none') {
    return look.outcome;
  }
  if (judgeProbe(look).kind === 'stopped') {
    return DONE;
  }
  const end = await systemctl(call, path, ['stop', '--', look.unit]);
  if (end.kind !== 'exited' || end.code !== 0) {
    return failureOf(end, `systemctl stop ${look.unit}`);
  }
  return proveStopped(call, async () => judgeProbe(await lookWhenSettled(call, path)));
}

/** Queues a stop, so that systemd does not restart what is killed, and kills the unit's whole control group until none of it is left. */
async function kill(call: AgentCall, path: string | undefined): Promise<Outcome> {
  for (let round = 0; ; round += 1) {
    const look = await lookAt(call, path);
    if (look.kind === 'none') {
      return look.outcome;
    }
    if (judgeProbe(look).kind === 'stopped') {
      return DONE;
    }
    if (round === 0) {
      await systemctl(call, path, ['stop', '--no-block', '--', look.unit]);
    }
    await systemctl(call, path, ['kill', '--signal=SIGKILL', '--', look.unit]);
    await delay(LOOK_AGAIN_MS, call.signal);
  }
}

function judgeProbe(look: Look): Outcome {
  if (look.kind === 'none') {
    return look.isAbsent ? STOPPED : look.outcome;
  }
  const { state } = look;
  if (isUp(state)) {
    return RUNNING;
  }
  return state.active === 'inactive' || state.active === 'failed' ? STOPPED : onItsWay(look);
}

function judgeMonitor(look: Look): Outcome {
  if (look.kind === 'none') {
    return look.outcome;
  }
  const { unit, state } = look;
  if (isUp(state)) {
    return RUNNING;
  }
  if (state.active === 'failed') {
    return failed('soft', `"${unit}" failed: ${state.result}, main process ${state.mainStatus || 'never started'}`);
  }
  return state.active === 'inactive' ? (missingUnit(look) ?? STOPPED) : onItsWay(look);
}

function isUp(state: UnitState): boolean {
  return state.active === 'active' || state.active === 'reloading' || state.active === 'refreshing';
}

function onItsWay({ unit, state }: Extract<Look, { readonly kind: 'state' }>): Outcome {
  return unknown(`"${unit}" is ${state.active} (${state.sub}) and stayed so`);
}

/** Why a unit can never start here; null when it can. */
function missingUnit({ unit, state }: Extract<Look, { readonly kind: 'state' }>): Outcome | null {
  switch (state.load) {
    case 'loaded':
      return null;
    case 'not-found':
      return failed('node', `there is no unit "${unit}" on this node; install it`);
    case 'masked':
      return failed('node', `"${unit}" is masked on this node; systemctl unmask ${unit}`);
    default:
      return failed('node', `the file of "${unit}" cannot be loaded (${state.load}); systemctl status ${unit}`);
  }
}

/** Looks until the unit is no longer on its way, or the time is nearly over. */
async function lookWhenSettled(call: AgentCall, path: string | undefined): Promise<Look> {
  for (;;) {
    const look = await lookAt(call, path);
    const isOnItsWay = look.kind === 'state' && /^(de)?activating$/.test(look.state.active);
    if (!isOnItsWay || call.signal.aborted || call.leftMs() < 4 * LOOK_AGAIN_MS) {
      return look;
    }
    await delay(LOOK_AGAIN_MS, call.signal);
  }
}

async function lookAt(call: AgentCall, path: string | undefined): Promise<Look> {
  const unit = unitOf(call.operation.resource.type);
  if (unit === null) {
    const outcome = failed('fatal', `"${call.operation.resource.type}" is not of the form systemd:UNIT`);
    return { kind: 'none', outcome, isAbsent: false };
  }
  const end = await systemctl(call, path, ['show', `--property=${UNIT_PROPERTIES.join(',')}`, '--', unit]);
  if (end.kind === 'not-started') {
    const outcome = failed('node', `systemctl cannot be run here (${end.message}); is this a machine with systemd?`);
    return { kind: 'none', outcome, isAbsent: end.code === 'ENOENT' };
  }
  if (!existsSync(BOOTED_MARK)) {
    const outcome = failed('node', `systemd is not the init of this machine, so it cannot run "${unit}"`);
    return { kind: 'none', outcome, isAbsent: true };
  }
  const broken = outcomeOfBrokenRun(end, 'systemctl show');
  const state = broken === null ? readUnitState(end.stdout) : null;
  if (state === null) {
    const outcome = broken ?? unknown(`systemd does not answer: ${lastLine(end.stderr)}`);
    return { kind: 'none', outcome, isAbsent: false };
  }
  return { kind: 'state', unit, state };
}

function systemctl(call: AgentCall, path: string | undefined, words: readonly string[]): Promise<ProcessEnd> {
  return runProcess({
    argv: ['systemctl', '--no-pager', '--no-ask-password', ...words],
    environment: baseEnvironment(path),
    timeoutMs: call.leftMs(),
    signal: call.signal,
    isPermitted: call.isPermitted,
    note: call.note,
  });
}

/** Exit codes of systemctl that are about this node: no permission, not installed, not configured. Source: systemctl(1), which follows LSB. */
const NODE_CODES = [4, 5, 6];

function failureOf(end: ProcessEnd, what: string): Outcome {
  if (end.kind !== 'exited') {
    return outcomeOfBrokenRun(end, what) ?? DONE;
  }
  const words = end.stderr.split('\n').find((line) => line.trim() !== '') ?? `exit code ${end.code}`;
  return failed(NODE_CODES.includes(end.code) ? 'node' : 'soft', `${what}: ${words}`, end.code);
}
