/** What the sections of a status page share. */
import type { Paint } from './paint.js';
import type { Cell } from './table.js';
import { alignRows } from './table.js';

/** How a page is written. */
export interface Page {
  readonly paint: Paint;
  readonly width: number;
  readonly isVerbose: boolean;
}

/** A section: a title in the corner of a table, and the rows below it. Shape: the first row holds the heads of the columns, its first field is the title's. */
export function sectionOf(title: string, rows: readonly (readonly Cell[])[], page: Page): string[] {
  const [head = [], ...rest] = rows;
  if (rest.length === 0) return [];
  const [, ...columns] = head;
  const shownRows = rest.map(([name = { text: '' }, ...cells]) => [{ ...name, text: `  ${name.text}` }, ...cells]);
  return alignRows([[{ text: title, paint: page.paint.bold }, ...columns], ...shownRows], page.width);
}

/** A field that matters less. */
export function dimmed(text: string, page: Page): Cell {
  return { text, paint: page.paint.dim };
}
