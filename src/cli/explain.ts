/** Tells from the pages of the manual, which the package brings, what can still go wrong, and what a code of the validator means. */
import { readFileSync } from 'node:fs';
import { suggester } from '../spec/suggest.js';
import type { CommandCall } from './command.js';
import { usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { fold } from './table.js';

/** What is told when nothing is asked. */
const RISKS = 'risks';

/** Headings of docs/safety.md, each with what is said above its list. */
const SECTIONS = [
  ['What is left', 'What can still go wrong:'],
  ['Assumptions', 'What has to be true for the rest never to go wrong:'],
] as const;

/** A row of the table of codes in docs/spec.md: the code, what, why, what to do. */
const CODE_ROW = /^\| `([a-z0-9-]+)` \| (.+?) \| (.+?) \| (.+?) \|$/gm;

/** Prints what was asked for. */
export function runExplain({ operands, terminal }: CommandCall): ExitCode {
  const [topic = RISKS] = operands;
  const { width } = terminal.size();
  const lines = topic === RISKS ? explainRisks(page('safety'), width) : explainCode(topic, page('spec'), width);
  terminal.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/** The lists of what is left and of what is assumed. Shape: `text` is the page docs/safety.md. */
export function explainRisks(text: string, width: number): string[] {
  const lists = SECTIONS.flatMap(([heading, words]) => [
    words,
    '',
    ...itemsUnder(heading, text).flatMap((item) => fold(`- ${plain(item)}`, { width, indent: 2 })),
    '',
  ]);
  return [...lists, ...fold('docs/safety.md has the rules that hold, and who checks each.', { width, indent: 0 })];
}

/** What a code means. Shape: `text` is the page docs/spec.md. Errors: throws a wrong usage for a code that the page does not have. */
export function explainCode(asked: string, text: string, width: number): string[] {
  // As the validator prints it.
  const code = /^(?:error|warning)?\[(.+)\]$/.exec(asked)?.[1] ?? asked;
  const rows = new Map(
    [...text.matchAll(CODE_ROW)].map(([, name = '', what = '', why = '', remedy = '']) => [
      name,
      { what, why, remedy },
    ]),
  );
  const row = rows.get(code);
  if (row === undefined) {
    const near = suggester()(code, [...rows.keys()]);
    throw usageFailure(
      `there is no code "${code}"; codes are what \`fairlead validate\` prints in brackets, and \`${RISKS}\` tells what can still go wrong`,
      near === null ? undefined : `did you mean "${near}"?`,
    );
  }
  const told = [
    ['what', row.what],
    ['why', row.why],
    ['do', row.remedy],
  ] as const;
  return [code, ...told.flatMap(([name, words]) => fold(`  ${name.padEnd(6)}${plain(words)}`, { width, indent: 8 }))];
}

function itemsUnder(heading: string, text: string): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const items = section.split(/^- /m).slice(1);
  if (items.length === 0) throw new Error(`docs/safety.md has no list under "${heading}"`);
  return items.map((item) => item.trim().replace(/\s*\n\s*/g, ' '));
}

/** Without the signs of Markdown that a terminal does not show. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, words: string, target: string) =>
      words === target ? `docs/${target}` : words,
    )
    .replaceAll('**', '');
}

function page(name: string): string {
  return readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');
}
