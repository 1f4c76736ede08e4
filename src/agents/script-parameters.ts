/** Reads the parameters of a `script` resource. */
import { isAbsolute } from 'node:path';
import { parseDuration } from '../base/duration.js';
import type { ParameterValue, ResourceSpec } from '../model/cluster-spec.js';

/**
 * What a `script` resource runs.
 *
 * kept: `run` is started, kept and watched; `monitor`, where given, says whether it works. commands: own commands start, stop and look.
 */
export type ScriptParameters = {
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
} & (
  | {
      readonly kind: 'kept';
      readonly run: readonly string[];
      readonly monitor: readonly string[] | null;
      readonly stopSignal: NodeJS.Signals;
      readonly startAfterMs: number;
    }
  | {
      readonly kind: 'commands';
      readonly start: readonly string[];
      readonly stop: readonly string[];
      readonly monitor: readonly string[];
    }
);

/** How long a process must live to count as started. Ours: programs that cannot start at all are gone within this. */
const START_AFTER_MS = 50;

const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];
const VARIABLE = /^([A-Za-z_]\w*)=(.*)$/s;

/** Returns the parameters, or a sentence that says what is wrong with them. */
export function readScriptParameters({ params }: ResourceSpec): ScriptParameters | string {
  const environment = readEnvironmentList(params.environment);
  if (typeof environment === 'string') {
    return environment;
  }
  const directory = params.directory ?? '/';
  if (typeof directory !== 'string' || !isAbsolute(directory)) {
    return `"directory" must be an absolute path`;
  }
  const run = readCommand(params, 'run');
  const start = readCommand(params, 'start');
  const stop = readCommand(params, 'stop');
  const monitor = readCommand(params, 'monitor');
  const wrong = [run, start, stop, monitor].find((command) => typeof command === 'string');
  if (typeof wrong === 'string') {
    return wrong;
  }
  const base = { environment, directory };
  if (isCommand(run)) {
    if (isCommand(start) || isCommand(stop)) {
      return '"run" keeps a process and needs no "start" or "stop"; leave one kind out';
    }
    return readKept({ ...base, run, monitor: isCommand(monitor) ? monitor : null }, params);
  }
  if (!isCommand(start) || !isCommand(stop) || !isCommand(monitor)) {
    return 'a script needs "run", or "start", "stop" and "monitor" together';
  }
  return { kind: 'commands', ...base, start, stop, monitor };
}

function readKept(
  base: Pick<Extract<ScriptParameters, { readonly kind: 'kept' }>, 'environment' | 'directory' | 'run' | 'monitor'>,
  params: ResourceSpec['params'],
): ScriptParameters | string {
  const wanted = textOf(params.stopSignal) ?? 'TERM';
  const stopSignal = STOP_SIGNALS.find((signal) => signal === wanted || signal === `SIG${wanted}`);
  if (stopSignal === undefined) {
    return `"stopSignal" must be one of ${STOP_SIGNALS.map((signal) => signal.slice(3)).join(', ')}, not "${wanted}"`;
  }
  const startAfter = textOf(params.startAfter);
  const startAfterMs = startAfter === null ? START_AFTER_MS : parseDuration(startAfter);
  if (startAfterMs === undefined) {
    return `"startAfter" must be a duration such as 500ms, not "${startAfter}"`;
  }
  return { kind: 'kept', ...base, stopSignal, startAfterMs };
}

function readCommand(params: ResourceSpec['params'], name: string): readonly string[] | string | null {
  const value = params[name];
  if (value === undefined) {
    return null;
  }
  if (typeof value === 'string') {
    // No shell takes it apart, so a text with blanks would be looked for as one long program name.
    return /\s/.test(value) || value === '' ? `"${name}" must be a list of arguments, such as [sleep, "60"]` : [value];
  }
  return value.length === 0 || value[0] === '' ? `"${name}" must name a program` : value;
}

function isCommand(command: readonly string[] | string | null): command is readonly string[] {
  return command !== null && typeof command !== 'string';
}

function readEnvironmentList(value: ParameterValue | undefined): Record<string, string> | string {
  const lines = value === undefined ? [] : typeof value === 'string' ? [value] : value;
  const environment: Record<string, string> = {};
  for (const line of lines) {
    const match = VARIABLE.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) {
      return `"environment" must be a list of NAME=value, and "${line}" is not`;
    }
    environment[match[1]] = match[2];
  }
  return environment;
}

function textOf(value: ParameterValue | undefined): string | null {
  return value === undefined ? null : typeof value === 'string' ? value : value.join(' ');
}
