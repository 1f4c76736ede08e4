import { parseDuration } from '../../base/duration.js';
import type { ResourceSpec } from '../../model/cluster-spec.js';
import type { Finding } from '../finding.js';
import type { Rule, RuleContext } from '../rule.js';

const COMMANDS = ['run', 'start', 'stop', 'monitor'] as const;
const STOP_SIGNAL = /^(SIG)?(TERM|INT|QUIT|HUP|USR1|USR2)$/;
const VARIABLE = /^[A-Za-z_]\w*=/;

/** A script keeps a process with `run`, or has its own commands to start, stop and look; commands are lists, since no shell takes them apart. */
export const scriptParams: Rule = {
  code: 'script-params',
  needsWhole: [],
  *check(context) {
    for (const resource of context.spec.resources) {
      if (resource.type !== 'script' || !context.isWhole('resources', resource.id)) continue;
      yield* judgeKind(context, resource);
      for (const name of COMMANDS) yield* judgeCommand(context, resource, name);
      yield* judgeOthers(context, resource);
    }
  },
};

function* judgeKind({ source }: RuleContext, { id, params }: ResourceSpec): Iterable<Finding> {
  const isKept = Object.hasOwn(params, 'run');
  const missing = (['start', 'stop', 'monitor'] as const).filter((name) => !Object.hasOwn(params, name));
  if (isKept) {
    for (const name of ['start', 'stop'] as const) {
      if (missing.includes(name)) continue;
      yield {
        severity: 'error',
        message: `resource "${id}" has \`run\` and \`${name}\``,
        at: source.key('resources', id, 'params', name),
        label: 'a process that is kept needs no commands to start and stop',
        help: 'take one of them out',
      };
    }
  } else if (missing.length > 0) {
    yield {
      severity: 'error',
      message: `resource "${id}" does not say what to run`,
      at: source.key('resources', id, 'params'),
      label: missing.length === 3 ? '`run` is missing' : missing.map((name) => `\`${name}\` is missing`).join(', '),
      help: 'write `run: [PROGRAM, ARGUMENT]` for a process that stays, or `start`, `stop` and `monitor` together',
    };
  }
}

function* judgeCommand(
  { source }: RuleContext,
  { id, params }: ResourceSpec,
  name: (typeof COMMANDS)[number],
): Iterable<Finding> {
  if (!Object.hasOwn(params, name)) return;
  const value = params[name];
  const at = source.value('resources', id, 'params', name);
  if (typeof value === 'string' && /\s/.test(value)) {
    yield {
      severity: 'error',
      message: `\`${name}\` of resource "${id}" must be a list of arguments`,
      at,
      label: `write [${value.trim().split(/\s+/).join(', ')}]`,
      help: 'no shell takes a command apart; where one is wanted, write [sh, -c, "..."]',
    };
  } else if (value === undefined || value.length === 0 || value[0] === '') {
    yield { severity: 'error', message: `\`${name}\` of resource "${id}" names no program`, at };
  }
}

function* judgeOthers({ source }: RuleContext, { id, params }: ResourceSpec): Iterable<Finding> {
  const tests = [
    ['directory', (text: string) => text.startsWith('/'), 'an absolute path'],
    ['startAfter', (text: string) => parseDuration(text) !== undefined, 'a duration with its unit, such as 500ms'],
    ['stopSignal', (text: string) => STOP_SIGNAL.test(text), 'TERM, INT, QUIT, HUP, USR1 or USR2'],
  ] as const;
  for (const [name, isRight, words] of tests) {
    if (!Object.hasOwn(params, name)) continue;
    const value = params[name];
    if (typeof value === 'string' && isRight(value)) continue;
    const shown = typeof value === 'string' ? `"${value}"` : 'a list';
    yield {
      severity: 'error',
      message: `\`${name}\` of resource "${id}" must be ${words}, and is ${shown}`,
      at: source.value('resources', id, 'params', name),
    };
  }
  const { environment = [] } = params;
  for (const [index, line] of (typeof environment === 'string' ? [environment] : environment).entries()) {
    if (VARIABLE.test(line)) continue;
    const path = ['resources', id, 'params', 'environment'];
    yield {
      severity: 'error',
      message: `\`environment\` of resource "${id}" is a list of NAME=value, and "${line}" is not`,
      at: typeof environment === 'string' ? source.value(...path) : source.value(...path, index),
    };
  }
}
