import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { EXIT_MEANINGS } from '../../src/cli/exit-codes.js';
import { SCRIPT_FORMS } from '../../src/cli/lab/parse-script.js';
import { flagUsage, renderCommandHelp, renderHelp } from '../../src/cli/help.js';

test('the list names every command and every exit code', () => {
  const page = renderHelp(COMMANDS, 100);
  for (const { name, does } of COMMANDS) expect(page).toMatch(new RegExp(`^ {2}${name} +${does.slice(0, 20)}`, 'm'));
  for (const [code, meaning] of EXIT_MEANINGS)
    expect(page).toMatch(new RegExp(`^ {2}${code} +${meaning.slice(0, 10)}`, 'm'));
});

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  'the page of %s names its flags, fits, and hides what is hidden',
  (_, command) => {
    const page = renderCommandHelp(command, 80);
    for (const flag of command.flags) {
      if (flag.isHidden === true) expect(page).not.toContain(`--${flag.name}`);
      else
        expect(page).toMatch(
          new RegExp(`^ {2}${escaped(flagUsage(flag))}(\\n {4,}| {2,})${escaped(flag.does.slice(0, 8))}`, 'm'),
        );
    }
    const prose = page.split('\nexample')[0] ?? '';
    expect(prose.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  'every example of %s is a command line that is taken',
  async (_, command) => {
    const { parseCommandLine } = await import('../../src/cli/parse-command-line.js');
    for (const example of command.examples) {
      const line = /fairlead ([^|>;)&]*)/.exec(example)?.[1] ?? '';
      const asked = parseCommandLine(line.trim().split(/\s+/), COMMANDS);
      expect(asked).toMatchObject({ kind: 'command', command: { name: command.name } });
    }
  },
);

function escaped(text: string): string {
  return text.replace(/[|().[\]]/g, '\\$&');
}

test('docs/cli.md has every command with every flag, and every exit code', () => {
  const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  const sections = new Map(page.split(/^## /m).map((section) => [section.split('\n')[0]?.trim() ?? '', section]));
  for (const command of COMMANDS) {
    const section = sections.get(`fairlead ${command.name}`) ?? '';
    expect([command.name, section === '']).toEqual([command.name, false]);
    expect(page).toContain(`\n| [\`${command.name}\`](#fairlead-${command.name}) | `);
    const missing = command.flags.filter(({ name, isHidden }) => isHidden !== true && !section.includes(`--${name}`));
    expect([command.name, missing.map(({ name }) => name)]).toEqual([command.name, []]);
    expect(section).toContain(command.examples[0] ?? '');
  }
  for (const [code] of EXIT_MEANINGS) expect(sections.get('Exit codes')).toContain(`| \`${code}\` |`);
});

test('docs/cli.md promises no flag that does not exist', () => {
  const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  const known = new Set(COMMANDS.flatMap(({ flags }) => flags.map(({ name }) => name)).concat('help', 'version'));
  const inline = [...page.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '').join('\n');
  const written = [...inline.matchAll(/--([a-z][a-z-]+)/g)].map((match) => match[1] ?? '');
  expect(written.length).toBeGreaterThan(30);
  expect(written.filter((name) => !known.has(name))).toEqual([]);
});

test('docs/cli.md has every line that a script may have', () => {
  const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8').replaceAll('\\|', '|');
  for (const [form, does] of SCRIPT_FORMS) {
    expect(page).toContain(`| \`${form}\` |`);
    expect(page).toContain(does.split(':')[0] ?? '');
  }
});
