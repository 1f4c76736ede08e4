/** A spec as it was read: values with the places where they stand. */

/** A piece of a file. Shape: `file` counts the files from 0; `start` and `end` are UTF-16 offsets in its text, the end excluded. */
export interface Span {
  readonly file: number;
  readonly start: number;
  readonly end: number;
}

/** Anything that stands in a spec. */
export type SourceNode = SourceMap | SourceList | SourceScalar;

/** Keys with their values, in the order of the text. */
export interface SourceMap {
  readonly kind: 'map';
  readonly span: Span;
  readonly entries: Map<string, SourceEntry>;
  /** Values in it, aliases counted as often as they stand for something. */
  readonly size: number;
}

/** A key with its value. */
export interface SourceEntry {
  readonly keySpan: Span;
  readonly value: SourceNode;
}

/** A list. */
export interface SourceList {
  readonly kind: 'list';
  readonly span: Span;
  readonly items: readonly SourceNode[];
  readonly size: number;
}

/** A single value. `text` is what was written, without quotes: `0755` stays `0755` although its value is a number. */
export interface SourceScalar {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | boolean | null;
  readonly text: string;
  readonly size: 1;
}

/** The plain value of a tree. Values that an alias repeats are repeated, never shared. */
export function plainValue(node: SourceNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  // Object.fromEntries makes own properties even of names such as __proto__.
  return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, plainValue(value)]));
}
