/**
 * A spec's files as the one text that a revision is: what is hashed, kept and sent to other nodes.
 *
 * Before each file stands a line with its length and name, after it a line end:
 *
 *     # file 1234 "cluster.yaml"
 *
 * The length makes it unambiguous, whatever the file holds; the name keeps the places of problems true on every node. Paths are left out, so that nodes that keep the
 * same files in different folders have the same revision.
 */
import { compareIds } from '../base/order.js';

/** One file of a spec. Shape: `file` is its name without a folder. */
export interface SpecFile {
  readonly file: string;
  readonly text: string;
}

/** The name of a text that came without one. */
export const plainFileName = 'cluster.yaml';

const HEAD = /# file (\d{1,9}) ("(?:[^"\\\n]|\\.)*")\n/y;

/** The files as one text, in the order of their names. */
export function joinFiles(files: readonly SpecFile[]): string {
  return [...files]
    .sort((a, b) => compareIds(a.file, b.file))
    .map(({ file, text }) => `# file ${text.length} ${JSON.stringify(file)}\n${text}\n`)
    .join('');
}

/**
 * The files of a text.
 *
 * Shape: exactly those that {@link joinFiles} was given; any other text is one file of the name {@link plainFileName}.
 */
export function splitFiles(text: string): SpecFile[] {
  const files: SpecFile[] = [];
  let at = 0;
  while (at < text.length) {
    HEAD.lastIndex = at;
    const head = HEAD.exec(text);
    const name = head === null ? null : readName(head[2] ?? '');
    const from = HEAD.lastIndex;
    const to = from + Number(head?.[1]);
    if (name === null || text[to] !== '\n') return [{ file: plainFileName, text }];
    files.push({ file: name, text: text.slice(from, to) });
    at = to + 1;
  }
  return files.length === 0 ? [{ file: plainFileName, text }] : files;
}

function readName(quoted: string): string | null {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === 'string' ? name : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
