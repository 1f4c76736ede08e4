/** Aligned columns and folded sentences, for a terminal of some width. */

/** One field of a table. Shape: `text` without control characters; `paint` colours it and adds no width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Blanks between two columns. */
const GAP = 2;

/** What stands where a text was cut. */
const CUT = '…';

/**
 * The rows with their columns aligned.
 *
 * Shape: no line is longer than `width`; where the columns need more, the widest texts of all but the first column are cut.
 */
export function alignRows(rows: readonly (readonly Cell[])[], width: number): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.text.length ?? 0)),
  );
  shrink(widths, width);
  return rows.map((row) => {
    let line = '';
    let blanks = 0;
    for (const [column, { text, paint }] of row.entries()) {
      const room = widths[column] ?? 0;
      const shown = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}${CUT}` : text;
      line += ' '.repeat(shown === '' ? 0 : blanks) + (paint === undefined ? shown : paint(shown));
      blanks = (shown === '' ? blanks : 0) + (room - shown.length) + GAP;
    }
    return line;
  });
}

/** The text in lines of at most `width`, all but the first indented. A word longer than a line is cut through. */
export function fold(text: string, options: { readonly width: number; readonly indent: number }): string[] {
  const lines: string[] = [];
  const indent = ' '.repeat(options.indent);
  let line = '';
  let isFresh = true;
  for (const word of text.split(' ')) {
    let rest = word;
    if (!isFresh && line.length + 1 + rest.length > options.width) {
      lines.push(line);
      line = indent;
      isFresh = true;
    }
    while (line.length + rest.length > options.width && isFresh) {
      const room = Math.max(1, options.width - line.length);
      lines.push(line + rest.slice(0, room));
      rest = rest.slice(room);
      line = indent;
    }
    line += isFresh ? rest : ` ${rest}`;
    isFresh = false;
  }
  return [...lines, line];
}

function shrink(widths: number[], width: number): void {
  const total = () => widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1);
  const atLeast = 4;
  while (total() > width) {
    const widest = Math.max(...widths.slice(1));
    const column = widths.lastIndexOf(widest);
    if (column < 1 || widest <= atLeast) {
      widths[0] = Math.max(atLeast, (widths[0] ?? 0) - (total() - width));
      return;
    }
    widths[column] = widest - 1;
  }
}
