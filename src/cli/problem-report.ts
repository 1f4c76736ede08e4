/** Problems of a spec as people read them: with the line that is meant, underlined, and what to do. */
import type { Problem } from '../model/problem.js';
import type { SpecText } from '../spec/source-index.js';
import type { Paint } from './paint.js';
import { printable } from './paint.js';

/** Columns of a source line that are shown; of a longer one, those around what is meant. */
const LINE_SHOWN_MAX = 120;

/** Columns before what is meant, where a line is too long to be shown. */
const LEAD = 40;

/** The narrowest gutter: two digits. */
const GUTTER_MIN = 2;

/**
 * One problem as a block of lines.
 *
 * Shape: severity and code; file, line and column; the line with an underline and the label; notes; help. Without a frame where the text has no such line.
 */
export function reportProblem(
  problem: Problem,
  options: { readonly texts: readonly SpecText[]; readonly paint: Paint },
): string {
  const { paint, texts } = options;
  const { severity, code, message, place, notes = [], help } = problem;
  const colour = severity === 'error' ? paint.bad : paint.warning;
  const source = lineOf(texts, problem);
  const gutter = ' '.repeat(Math.max(GUTTER_MIN, String(place.line).length));
  const fact = (kind: string, text: string): string => `${gutter} ${paint.dim('=')} ${kind}: ${printable(text)}`;
  return [
    `${colour(`${severity}[${code}]`)} ${paint.bold(printable(message))}`,
    `${gutter}${paint.dim('-->')} ${printable(place.file)}:${place.line}:${place.column}`,
    ...(source === null ? [] : frame({ problem, source, gutter, paint, colour })),
    ...notes.map((note) =>
      fact('note', `${note.message} (${note.place.file}:${note.place.line}:${note.place.column})`),
    ),
    ...(help === undefined ? [] : [fact('help', help)]),
  ].join('\n');
}

/** The texts with what stands behind the key of each secret in clear text hidden, in as many columns: a frame is copied into logs and tickets. */
export function withoutSecrets(texts: readonly SpecText[], problems: readonly Problem[]): readonly SpecText[] {
  const found = problems.filter(({ code }) => code === 'secret-in-clear-text');
  return texts.map(({ file, text }) => {
    const here = found.filter(({ place }) => place.file === file);
    if (here.length === 0) return { file, text };
    const lines = text.split('\n');
    for (const { place, length } of here) {
      lines[place.line - 1] = withoutValue(lines[place.line - 1] ?? '', place.column - 1 + length);
    }
    return { file, text: lines.join('\n') };
  });
}

/** A line without the value behind the key that ends there: in quotes up to the last one, in a flow map up to its next key, else all the rest. */
function withoutValue(line: string, keyEnd: number): string {
  const rest = line.slice(keyEnd);
  const [colon = ''] = /^\s*:\s*/.exec(rest) ?? [];
  const value = rest.slice(colon.length);
  const plain = line.slice(0, keyEnd).includes('{') ? /^[^,}]*/ : /^.*/;
  const [secret = ''] = QUOTED.exec(value) ?? plain.exec(value) ?? [];
  return `${line.slice(0, keyEnd)}${colon}${secret.replace(/\S/g, '*')}${value.slice(secret.length)}`;
}

const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/;

/** How much was found: `1 error, 1 warning in 1 file`. */
export function summarise(problems: readonly Problem[], files: number): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const counts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  return `${counts.length === 0 ? 'no problems' : counts.join(', ')} in ${count(files, 'file')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function lineOf(texts: readonly SpecText[], { place }: Problem): string | null {
  const text = texts.find((each) => each.file === place.file)?.text;
  const line = text?.split('\n', place.line)[place.line - 1]?.replace(/\r$/, '');
  return line === undefined || line === '' ? null : line;
}

function frame(options: {
  readonly problem: Problem;
  readonly source: string;
  readonly gutter: string;
  readonly paint: Paint;
  readonly colour: (text: string) => string;
}): string[] {
  const { problem, gutter, paint, colour } = options;
  const { place, length, label } = problem;
  const bar = paint.dim('|');
  const start = place.column - 1;
  const { source, cut } = shorten(options.source, start);
  const before = columnsOf(source.slice(0, start - cut));
  const width = Math.max(1, columnsOf(source.slice(start - cut, start - cut + length)));
  const underline = colour(`${'^'.repeat(width)}${label === undefined ? '' : ` ${printable(label)}`}`);
  const number = String(place.line).padStart(gutter.length);
  return [
    `${gutter} ${bar}`,
    `${paint.dim(number)} ${bar} ${plainLine(source)}`.trimEnd(),
    `${gutter} ${bar} ${' '.repeat(before)}${underline}`,
  ];
}

function shorten(line: string, start: number): { readonly source: string; readonly cut: number } {
  if (line.length <= LINE_SHOWN_MAX) return { source: line, cut: 0 };
  const cut = Math.max(0, Math.min(start - LEAD, line.length - LINE_SHOWN_MAX));
  return { source: line.slice(cut, cut + LINE_SHOWN_MAX), cut };
}

/** A line without what would move the cursor, each sign in its column. */
function plainLine(line: string): string {
  return line.replace(/[\p{Cc}\u2028\u2029]/gu, (sign) => (sign === '\t' ? ' ' : '\u00b7'));
}

/** Columns that a text takes on a terminal. Source: Unicode Standard Annex 11, the wide blocks of its table. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const sign of text) columns += /\p{Mn}/u.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1;
  return columns;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
