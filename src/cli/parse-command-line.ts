/** Turns the words of a command line into a command with its flags, or says what is wrong with them. */
import { parseArgs } from 'node:util';
import { parseDuration } from '../base/duration.js';
import { invariant } from '../base/invariant.js';
import { suggester } from '../spec/suggest.js';
import type { Command, Flag, FlagValues } from './command.js';
import { usageFailure } from './command-failure.js';

/** What was asked for. */
export type Asked =
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly operands: readonly string[];
      readonly flags: FlagValues;
    }
  /** Help for a command, null for all. */
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' };

/**
 * Reads a command line without the program's own name.
 *
 * Errors: throws a usage failure with one sentence, and a suggestion where one is near.
 */
export function parseCommandLine(words: readonly string[], commands: readonly Command[]): Asked {
  const [first, ...rest] = words;
  if (first === undefined) throw usageFailure('no command was given', 'run `fairlead help` for the list of commands');
  if (first === '--help' || first === '-h') return { kind: 'help', command: null };
  if (first === 'help') return helpAsked(rest, commands);
  if (first === '--version') return { kind: 'version' };
  if (first.startsWith('-')) {
    throw usageFailure(
      `flags come after the command, and "${first}" comes before it`,
      'write `fairlead COMMAND FLAGS`',
    );
  }
  const command = commandNamed(first, commands);
  return commandAsked(command, rest);
}

function helpAsked(words: readonly string[], commands: readonly Command[]): Asked {
  const [name] = words.filter((word) => !word.startsWith('-'));
  return { kind: 'help', command: name === undefined || name === 'help' ? null : commandNamed(name, commands) };
}

function commandNamed(name: string, commands: readonly Command[]): Command {
  const command = commands.find((each) => each.name === name);
  if (command !== undefined) return command;
  const near = suggester()(name, [...commands.map((each) => each.name), 'help']);
  throw usageFailure(
    `there is no command "${name}"`,
    near === null ? 'run `fairlead help` for the list of commands' : `did you mean \`fairlead ${near}\`?`,
  );
}

function commandAsked(command: Command, words: readonly string[]): Asked {
  const options = Object.fromEntries(
    [...command.flags, HELP].map((flag) => [
      flag.name,
      {
        type: flag.kind === 'switch' ? ('boolean' as const) : ('string' as const),
        ...(flag.short === undefined ? {} : { short: flag.short }),
      },
    ]),
  );
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = flagNamed(command, token.name, token.rawName);
    if (flag === HELP) return { kind: 'help', command };
    const value = readValue({ command, flag, token });
    given.set(flag.name, [...(given.get(flag.name) ?? []), value]);
  }
  checkRepeats(command, given);
  checkOperands(command, operands);
  return { kind: 'command', command, operands, flags: flagValues(command, given) };
}

const HELP: Flag = { name: 'help', short: 'h', kind: 'switch', does: 'shows this page' };

function flagNamed(command: Command, name: string, rawName: string): Flag {
  const flags = [...command.flags, HELP];
  const flag = flags.find((each) => each.name === name);
  if (flag !== undefined) return flag;
  const near = suggester()(
    name,
    flags.filter(({ isHidden }) => isHidden !== true).map((each) => each.name),
  );
  throw usageFailure(
    `\`fairlead ${command.name}\` has no flag "${rawName}"`,
    near === null ? `run \`fairlead help ${command.name}\` for its flags` : `did you mean "--${near}"?`,
  );
}

function readValue(options: {
  readonly command: Command;
  readonly flag: Flag;
  readonly token: {
    readonly rawName: string;
    readonly value?: string | undefined;
    readonly inlineValue?: boolean | undefined;
  };
}): string {
  const { command, flag, token } = options;
  const { rawName, value, inlineValue } = token;
  if (flag.kind === 'switch') {
    if (inlineValue === true) throw usageFailure(`"${rawName}" takes no value, and "${value ?? ''}" was given`);
    return '';
  }
  const wanted = flag.kind === 'choice' ? flag.choices.join(', ') : flag.value;
  // A word that begins with a dash is the next flag, unless it is bound to this one by "=".
  const isMissing = value === undefined || (inlineValue !== true && value.length > 1 && value.startsWith('-'));
  if (isMissing) throw usageFailure(`"${rawName}" of \`fairlead ${command.name}\` needs a value: ${wanted}`);
  if (flag.kind === 'choice' && !flag.choices.includes(value)) {
    const near = suggester()(value, flag.choices);
    throw usageFailure(
      `"${rawName}" takes ${wanted}, not "${value}"`,
      near === null ? undefined : `did you mean "${near}"?`,
    );
  }
  if (flag.kind === 'duration' && parseDuration(value) === undefined) {
    throw usageFailure(`"${rawName}" takes a duration with its unit, such as 500ms, 30s or 5m, not "${value}"`);
  }
  return value;
}

function checkRepeats(command: Command, given: ReadonlyMap<string, readonly string[]>): void {
  for (const flag of command.flags) {
    const count = given.get(flag.name)?.length ?? 0;
    const mayRepeat = flag.kind === 'switch' || (flag.kind === 'text' && flag.isMultiple === true);
    if (count > 1 && !mayRepeat) throw usageFailure(`"--${flag.name}" was given ${count} times and counts only once`);
  }
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const { name, operandsMin, operandsMax } = command;
  const usage = `usage: \`${`fairlead ${name} ${command.operands}`.trimEnd()}\``;
  if (operands.length < operandsMin) throw usageFailure(`\`fairlead ${name}\` needs ${command.operands}`, usage);
  if (operandsMax !== null && operands.length > operandsMax) {
    throw usageFailure(`\`fairlead ${name}\` does not take "${operands[operandsMax] ?? ''}"`, usage);
  }
}

function flagValues(command: Command, given: ReadonlyMap<string, readonly string[]>): FlagValues {
  const flagOf = (name: string): Flag => {
    const flag = command.flags.find((each) => each.name === name);
    invariant(flag !== undefined, `${command.name} asks for its flag "${name}", which it does not have`);
    return flag;
  };
  const texts = (name: string): readonly string[] => {
    const flag = flagOf(name);
    const byDefault = flag.kind === 'switch' ? undefined : flag.byDefault;
    return given.get(name) ?? (byDefault === undefined ? [] : [byDefault]);
  };
  const text = (name: string): string | null => texts(name)[0] ?? null;
  return {
    has: (name) => flagOf(name).kind === 'switch' && given.has(name),
    text,
    texts,
    durationMs: (name) => {
      const value = text(name);
      return value === null ? null : (parseDuration(value) ?? null);
    },
  };
}
