/**
 * systemd units, through systemctl.
 *
 * A unit that is missing or masked is a fact about this node. A unit on its way (activating, deactivating, or down with a job of systemd's that waits its turn) is waited for, within the operation's deadline.
 */
import type { Outcome } from '../model/operation.js';
import type { Agent, AgentCall } from './agent.js';
import { delay } from './delay.js';
import { isThere } from './is-there.js';
import { hasNoRoom } from './no-room.js';
import { DONE, doneAs, failed, lastLine, outcomeOfBrokenRun, STOPPED, unknown } from './outcome.js';
import { proveRunning, proveStopped } from './proof.js';
import { ownUnit } from './own-unit.js';
import type { ProcessEnd } from './process-run.js';
import { BOOTED_MARK, systemctl } from './systemctl.js';
import type { UnitState } from './systemd-unit.js';
import { unitOf } from '../model/unit-name.js';
import { readUnitStates, UNIT_PROPERTIES } from './systemd-unit.js';
import { bootTargetOf } from './unit-files.js';
import type { UnitHolds } from './unit-hold.js';

/** Pause between two looks at a unit on its way. */
const LOOK_AGAIN_MS = 50;

/** A unit's state, or why it cannot be known. `isAbsent`: there is no systemd here, so none of its units runs. */
type Look =
  | { readonly kind: 'state'; readonly unit: string; readonly state: UnitState; readonly isOwnStopping: boolean }
  | { readonly kind: 'none'; readonly outcome: Outcome; readonly isAbsent: boolean };

/** What the agent has of this machine. */
interface Here {
  readonly path?: string;
  /** Keeps systemd from restarting what is started here; absent for who starts nothing. */
  readonly holds?: UnitHolds;
  /** Told the own name of a resource's unit, where the spec may call it by another. */
  readonly onUnit?: (resource: string, unit: string) => void;
}

/** Makes the agent for every `systemd:` type. */
export function systemdAgent(here: Here): Agent {
  return {
    probe: async (call) => judgeProbe(await lookWhenSettled(call, here)),
    monitor: async (call) => judgeMonitor(await lookWhenSettled(call, here)),
    start: (call) => start(call, here),
    stop: (call) => stop(call, here),
    kill: (call) => kill(call, here),
  };
}

async function start(call: AgentCall, here: Here): Promise<Outcome> {
  const look = await lookAt(call, here);
  if (look.kind === 'none') {
    return look.outcome;
  }
  const { unit, state } = look;
  const missing = missingUnit(look);
  if (missing !== null && !isUp(state)) {
    return missing;
  }
  const isHeld = await hold(call, state, here.holds);
  if (state.active === 'failed' && !isHeld) {
    // A unit that failed too often is refused by systemd; how often to try is decided by the spec, not there.
    await run(call, here, ['reset-failed', '--', unit]);
  }
  const end = await run(call, here, ['start', '--', unit]);
  if (end.kind !== 'exited' || end.code !== 0) {
    return failureOf(end, `systemctl start ${unit}`);
  }
  // systemctl returns when the job is done, and the unit is looked at until it is no longer on its way: what it says then is final.
  return proveRunning(call, async () => judgeMonitor(await lookWhenSettled(call, here)), 0);
}

/** Whether systemd leaves the unit alone. Mostly the daemon has seen to it long before; what cannot be held is started all the same. */
async function hold(call: AgentCall, state: UnitState, holds: UnitHolds | undefined): Promise<boolean> {
  if (holds === undefined) return false;
  if (state.dropIns.includes(holds.pathOf(state.id))) return true;
  const why = await holds.hold([state.id], call.leftMs());
  if (why !== null) {
    const resource = call.operation.resource.id;
    call.log.event('warn', `systemd may restart "${state.id}" by itself, for it cannot be told not to: ${why}`, {
      resource,
    });
  }
  return why === null;
}

async function stop(call: AgentCall, here: Here): Promise<Outcome> {
  const look = await lookAt(call, here, ownUnit());
  if (look.kind === 'none') {
    return look.outcome;
  }
  const probe = judgeProbe(look);
  if (probe.kind === 'stopped') {
    return doneAs(probe);
  }
  // A unit that is held is stopped after fairlead's own; while that stops, and waits for this, the order would never let this begin.
  const mode = look.isOwnStopping ? ['--job-mode=ignore-dependencies'] : [];
  const end = await run(call, here, ['stop', ...mode, '--', look.unit]);
  if (end.kind !== 'exited' || end.code !== 0) {
    return failureOf(end, `systemctl stop ${look.unit}`);
  }
  return proveStopped(call, async () => judgeProbe(await lookWhenSettled(call, here)));
}

/** Queues a stop, so that systemd does not restart what is killed, and kills the unit's whole control group until none of it is left. */
async function kill(call: AgentCall, here: Here): Promise<Outcome> {
  for (let round = 0; ; round += 1) {
    const look = await lookAt(call, here);
    if (look.kind === 'none') {
      return look.outcome;
    }
    if (judgeProbe(look).kind === 'stopped') {
      return DONE;
    }
    if (round === 0) {
      await run(call, here, ['stop', '--no-block', '--', look.unit]);
    }
    await run(call, here, ['kill', '--signal=SIGKILL', '--', look.unit]);
    await delay(LOOK_AGAIN_MS, call.signal);
  }
}

function judgeProbe(look: Look): Outcome {
  if (look.kind === 'none') {
    return look.isAbsent ? STOPPED : look.outcome;
  }
  const { state } = look;
  if (isUp(state)) {
    return { kind: 'running', ...driftOf(state) };
  }
  // A start that was given up here, or that somebody else asked for, stays queued with systemd and would be carried out later.
  return isDown(state) && !state.hasJob ? { kind: 'stopped', ...driftOf(state) } : unsettled(look);
}

function judgeMonitor(look: Look): Outcome {
  if (look.kind === 'none') {
    return look.outcome;
  }
  const { unit, state } = look;
  if (isUp(state)) {
    return { kind: 'running', ...driftOf(state) };
  }
  if (isDown(state) && state.hasJob) {
    return failed(
      'soft',
      `"${unit}" is ${state.active}, and the job to start it waits for others (systemctl list-jobs)`,
    );
  }
  if (state.active === 'failed') {
    const main = state.mainStatus === '' ? '' : `, main process ${state.mainStatus}`;
    return failed('soft', `"${unit}" failed: ${state.result}${main}`);
  }
  return state.active === 'inactive' ? (missingUnit(look) ?? { kind: 'stopped', ...driftOf(state) }) : unsettled(look);
}

/** At the next boot systemd would start it, whoever owns it then. */
function driftOf({ id }: UnitState): { readonly drift?: string } {
  const target = bootTargetOf(id);
  return target === null ? {} : { drift: `started at boot by ${target}` };
}

function isUp(state: UnitState): boolean {
  return state.active === 'active' || state.active === 'reloading' || state.active === 'refreshing';
}

function isDown(state: UnitState): boolean {
  return state.active === 'inactive' || state.active === 'failed';
}

function unsettled({ unit, state }: Extract<Look, { readonly kind: 'state' }>): Outcome {
  const how = isDown(state) ? 'a job for it is queued' : state.sub;
  return unknown(`"${unit}" is ${state.active} (${how}) and stayed so`);
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

function isOnItsWay(state: UnitState): boolean {
  return /^(de)?activating$/.test(state.active) || (isDown(state) && state.hasJob);
}

/** Looks until the unit is no longer on its way, or the time is nearly over. A look that was cut short tells less than the one before it. */
async function lookWhenSettled(call: AgentCall, here: Here): Promise<Look> {
  let told: Look | null = null;
  for (;;) {
    const look = await lookAt(call, here);
    if (told !== null && look.kind === 'none' && look.outcome.kind === 'timeout') return told;
    const isSettled = look.kind === 'none' || !isOnItsWay(look.state);
    if (isSettled || call.signal.aborted || call.leftMs() < 4 * LOOK_AGAIN_MS) {
      return look;
    }
    told = look;
    await delay(LOOK_AGAIN_MS, call.signal);
  }
}

/** Looks at the unit, and where it is named at the daemon's own. */
async function lookAt(call: AgentCall, here: Here, own: string | null = null): Promise<Look> {
  const unit = unitOf(call.operation.resource.type);
  if (unit === null) {
    const outcome = failed('fatal', `"${call.operation.resource.type}" is not of the form systemd:UNIT`);
    return { kind: 'none', outcome, isAbsent: false };
  }
  const units = own === null ? [unit] : [unit, own];
  const end = await run(call, here, ['show', `--property=${UNIT_PROPERTIES.join(',')}`, '--', ...units]);
  if (end.kind === 'not-started' && !hasNoRoom(end.code)) {
    const outcome = failed('node', `systemctl cannot be run here (${end.message}); is this a machine with systemd?`);
    return { kind: 'none', outcome, isAbsent: end.code === 'ENOENT' && !isThere(BOOTED_MARK) };
  }
  if (!isThere(BOOTED_MARK)) {
    const outcome = failed('node', `systemd is not the init of this machine, so it cannot run "${unit}"`);
    return { kind: 'none', outcome, isAbsent: true };
  }
  const broken = outcomeOfBrokenRun(end, 'systemctl show');
  const [state = null, ownState = null] = broken === null ? readUnitStates(end.stdout) : [];
  if (state === null) {
    const outcome = broken ?? unknown(`systemd does not answer: ${lastLine(end.stderr)}`);
    return { kind: 'none', outcome, isAbsent: false };
  }
  here.onUnit?.(call.operation.resource.id, state.id);
  return { kind: 'state', unit, state, isOwnStopping: ownState !== null && isStopping(ownState) };
}

/** Whether a unit is stopped or is about to be. A job of one that is up is to stop it, or to restart it, which begins with that. */
function isStopping(state: UnitState): boolean {
  return state.active === 'deactivating' || (isUp(state) && state.hasJob);
}

function run(call: AgentCall, { path }: Here, words: readonly string[]): Promise<ProcessEnd> {
  const { signal, isPermitted, note } = call;
  return systemctl(words, { timeoutMs: call.leftMs(), signal, note, path, isPermitted });
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
