import type { Place } from '../model/source.js';
import type { SourceEntry, SourceMap, SourceNode, Span } from './source-tree.js';

/** A file of a spec. Shape: `file` is its name as messages print it. */
export interface SpecText {
  readonly file: string;
  readonly text: string;
}

/** Where something stands, and how much of its line to underline. */
export interface Mark {
  readonly place: Place;
  readonly length: number;
}

/** A step on the way to a value: a key, or a number in a list. */
export type PathPart = string | number;

/** Finds places in a spec by the path of a value. A path that leads further than the text goes ends at the innermost thing that is there. */
export interface SourceIndex {
  /** The key at the path's end; the item itself in a list. */
  readonly key: (...path: readonly PathPart[]) => Mark;
  /** The value at the path's end; the innermost key where it is not written. */
  readonly value: (...path: readonly PathPart[]) => Mark;
  /** Whether the path leads to something that is written. */
  readonly has: (...path: readonly PathPart[]) => boolean;
  /** The text of a single value as it was written; empty for anything else. */
  readonly text: (...path: readonly PathPart[]) => string;
}

/** Makes marks of spans. */
export type Marker = (span: Span) => Mark;

/** The marker of these files. */
export function spanMarker(files: readonly SpecText[]): Marker {
  const lineStarts = files.map((): readonly number[] | null => null);
  return (span) => {
    const file = files[span.file];
    if (file === undefined) return { place: { file: '', line: 1, column: 1 }, length: 1 };
    const starts = lineStarts[span.file] ?? startsOfLines(file.text);
    lineStarts[span.file] = starts;
    const line = lineOf(starts, span.start);
    const lineEnd = starts[line + 1] ?? file.text.length;
    const shown = file.text.slice(span.start, Math.min(span.end, lineEnd)).trimEnd();
    const column = span.start - (starts[line] ?? 0) + 1;
    return { place: { file: file.file, line: line + 1, column }, length: Math.max(1, shown.length) };
  };
}

/** The index of a merged spec. */
export function sourceIndex(root: SourceMap, mark: Marker): SourceIndex {
  return {
    key: (...path) => mark(walk(root, path).keySpan),
    value: (...path) => {
      const end = walk(root, path);
      return mark(end.isThere && path.length > 0 ? end.node.span : end.keySpan);
    },
    has: (...path) => walk(root, path).isThere,
    text: (...path) => {
      const { node, isThere } = walk(root, path);
      return isThere && node.kind === 'scalar' ? node.text : '';
    },
  };
}

interface WayEnd {
  readonly node: SourceNode;
  readonly keySpan: Span;
  readonly isThere: boolean;
}

function walk(root: SourceMap, path: readonly PathPart[]): WayEnd {
  let node: SourceNode = root;
  let keySpan = firstKey(root)?.keySpan ?? root.span;
  for (const part of path) {
    if (node.kind === 'map') {
      const entry = node.entries.get(String(part));
      if (entry === undefined) return { node, keySpan, isThere: false };
      node = entry.value;
      keySpan = entry.keySpan;
    } else if (node.kind === 'list') {
      const item: SourceNode | undefined = node.items[Number(part)];
      if (item === undefined) return { node, keySpan, isThere: false };
      node = item;
      keySpan = item.span;
    } else {
      return { node, keySpan, isThere: false };
    }
  }
  return { node, keySpan, isThere: true };
}

function firstKey(map: SourceMap): SourceEntry | undefined {
  for (const entry of map.entries.values()) return entry;
  return undefined;
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The number of the line that holds an offset, from 0. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
