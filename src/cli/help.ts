/** The pages of `fairlead help`. */
import type { Command, Flag } from './command.js';
import { EXIT_MEANINGS } from './exit-codes.js';
import { fold } from './table.js';

/** The list of commands. */
export function renderHelp(commands: readonly Command[], width: number): string {
  const names = [...commands, { name: 'help', operands: '[COMMAND]', does: 'shows this page, or that of a command' }];
  const column = Math.max(...names.map(({ name }) => name.length)) + 4;
  const lines = names.flatMap(({ name, does }) =>
    fold(`  ${name.padEnd(column - 2)}${does}`, { width, indent: column }),
  );
  const codes = EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(4)}${meaning}`);
  return [
    'fairlead keeps services available on a handful of machines.',
    '',
    'usage: fairlead COMMAND [FLAGS]',
    '',
    ...lines,
    '',
    'exit codes',
    ...codes,
    '',
    '`fairlead help COMMAND` tells more.',
    '',
  ].join('\n');
}

/** The page of one command. */
export function renderCommandHelp(command: Command, width: number): string {
  const flags = command.flags.filter(({ isHidden }) => isHidden !== true);
  const rows = flags.map((flag) => [flagUsage(flag), flagMeaning(flag)] as const);
  const column = Math.min(30, Math.max(0, ...rows.map(([usage]) => usage.length)) + 4);
  const usage = `usage: fairlead ${command.name} ${command.operands}`.trimEnd();
  return [
    `${usage}${flags.length === 0 ? '' : ' [FLAGS]'}`,
    '',
    ...command.about.flatMap((paragraph) => [...fold(paragraph, { width, indent: 0 }), '']),
    ...(rows.length === 0
      ? []
      : ['flags', ...rows.flatMap(([name, meaning]) => renderFlag({ name, meaning, column, width })), '']),
    command.examples.length === 1 ? 'example' : 'examples',
    ...command.examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}

/** A flag that reaches into the column of meanings has a line of its own. */
function renderFlag(flag: {
  readonly name: string;
  readonly meaning: string;
  readonly column: number;
  readonly width: number;
}): string[] {
  const { name, meaning, column, width } = flag;
  const usage = `  ${name}`;
  const isAlone = usage.length + 2 > column;
  const told = fold((isAlone ? '' : usage).padEnd(column) + meaning, { width, indent: column });
  return isAlone ? [usage, ...told] : told;
}

/** A flag as it is typed: `-o, --output text|json`. */
export function flagUsage(flag: Flag): string {
  const names = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  if (flag.kind === 'switch') return names;
  return `${names} ${flag.kind === 'choice' ? flag.choices.join('|') : flag.value}`;
}

function flagMeaning(flag: Flag): string {
  const byDefault = flag.kind === 'switch' ? undefined : flag.byDefault;
  return byDefault === undefined ? flag.does : `${flag.does} (default ${byDefault})`;
}
