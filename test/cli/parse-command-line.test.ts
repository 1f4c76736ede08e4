import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Command } from '../../src/cli/command.js';
import { CommandFailure } from '../../src/cli/command-failure.js';
import { COMMANDS } from '../../src/cli/commands.js';
import { socketPathOf } from '../../src/cli/flags.js';
import type { Asked } from '../../src/cli/parse-command-line.js';
import { parseCommandLine } from '../../src/cli/parse-command-line.js';

function parse(line: string, commands: readonly Command[] = COMMANDS): Asked {
  return parseCommandLine(
    line.split(' ').filter((word) => word !== ''),
    commands,
  );
}

/** The command of a line that is one. */
function commandOf(line: string): Extract<Asked, { readonly kind: 'command' }> {
  const asked = parse(line);
  if (asked.kind !== 'command') throw new Error(`"${line}" is ${asked.kind}`);
  return asked;
}

function failureOf(line: string): { readonly code: number; readonly words: string } {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof CommandFailure) return { code: error.code, words: `${error.message} | ${error.help ?? ''}` };
    throw error;
  }
  throw new Error(`"${line}" was taken`);
}

test('flags may stand before, between and after the operands', () => {
  for (const line of ['run --node lb1 a.yaml', 'run a.yaml --node lb1', 'run a.yaml --node=lb1']) {
    const { command, operands, flags } = commandOf(line);
    expect([command.name, operands, flags.text('node')]).toEqual(['run', ['a.yaml'], 'lb1']);
  }
});

test('a flag that is not given has its default, or none', () => {
  const { flags } = commandOf('run a.yaml');
  expect(flags.text('log-format')).toBe('pretty');
  expect(flags.text('node')).toBeNull();
  expect(commandOf('leave').flags.durationMs('timeout')).toBe(300_000);
});

test('short flags may be joined with each other and with their value', () => {
  const { flags } = commandOf('status -vo json');
  expect([flags.has('verbose'), flags.text('output')]).toEqual([true, 'json']);
});

test('an output of validate may be given several times', () => {
  expect(commandOf('validate -o text -o json=out.json a.yaml').flags.texts('output')).toEqual([
    'text',
    'json=out.json',
  ]);
  expect(commandOf('validate a.yaml').flags.texts('output')).toEqual(['text']);
});

test('durations carry their unit', () => {
  expect(commandOf('leave --timeout 90s').flags.durationMs('timeout')).toBe(90_000);
  expect(failureOf('leave --timeout 90')).toMatchObject({ code: 64, words: expect.stringContaining('with its unit') });
});

test('what follows two dashes is an operand, whatever it looks like', () => {
  expect(commandOf('validate -- --strict').operands).toEqual(['--strict']);
});

test('the socket is in the state directory unless it is given', () => {
  expect(socketPathOf(commandOf('status').flags)).toBe('/var/lib/fairlead/control.sock');
  expect(socketPathOf(commandOf('status --state-dir /tmp/x').flags)).toBe('/tmp/x/control.sock');
  expect(socketPathOf(commandOf('status --state-dir /tmp/x --socket /tmp/y.sock').flags)).toBe('/tmp/y.sock');
  expect(socketPathOf(commandOf('status --socket y.sock').flags)).toBe(join(process.cwd(), 'y.sock'));
});

test('help is asked for in every usual way', () => {
  for (const line of ['help', '--help', '-h', 'help help'])
    expect(parse(line)).toEqual({ kind: 'help', command: null });
  for (const line of ['help status', 'status --help', 'status -h', 'status --help --watch']) {
    expect(parse(line)).toMatchObject({ kind: 'help', command: { name: 'status' } });
  }
  expect(parse('--version')).toEqual({ kind: 'version' });
});

test.each([
  ['', 'no command was given | run `fairlead help`'],
  ['stauts', 'there is no command "stauts" | did you mean `fairlead status`?'],
  ['frobnicate', 'there is no command "frobnicate" | run `fairlead help`'],
  ['help stauts', 'there is no command "stauts" | did you mean `fairlead status`?'],
  ['status --wacth', '`fairlead status` has no flag "--wacth" | did you mean "--watch"?'],
  ['status -x', '`fairlead status` has no flag "-x" | run `fairlead help status`'],
  ['--watch status', 'flags come after the command'],
  ['status extra', '`fairlead status` does not take "extra" | usage: `fairlead status`'],
  ['validate', '`fairlead validate` needs PATH... | usage: `fairlead validate PATH...`'],
  ['run a.yaml b.yaml', '`fairlead run` does not take "b.yaml"'],
  ['status -o jsn', '"-o" takes text, json, not "jsn" | did you mean "json"?'],
  ['status --socket --watch', '"--socket" of `fairlead status` needs a value: FILE'],
  ['status --socket', '"--socket" of `fairlead status` needs a value: FILE'],
  ['status --watch=yes', '"--watch" takes no value, and "yes" was given'],
  ['status --socket a --socket b', '"--socket" was given 2 times and counts only once'],
])('"%s" is wrong usage, with what to do', (line, words) => {
  expect(failureOf(line)).toEqual({ code: 64, words: expect.stringContaining(words) });
});

test('a hidden flag works and is never suggested', () => {
  expect(commandOf('run a.yaml --lab').flags.has('lab')).toBe(true);
  expect(failureOf('run a.yaml --lba').words).not.toContain('"--lab"');
});

test('no command has two flags of one name or letter', () => {
  for (const { name, flags } of COMMANDS) {
    const names = flags.flatMap((flag) => [flag.name, ...(flag.short === undefined ? [] : [flag.short])]);
    expect([name, new Set(names).size]).toEqual([name, names.length]);
  }
});
