/** Nodes that are to be fenced, and those that were. */
import { formatDuration } from '../base/duration.js';
import type { FencingStatus, Status } from '../model/status.js';
import { printable } from './paint.js';
import type { Page } from './status-page.js';
import { fold } from './table.js';

/** A line for each. A node that says of itself that it was off is told of with -v only. */
export function fencingLines({ fencing = [], at }: Status, page: Page): string[] {
  const told = fencing.filter((each) => page.isVerbose || each.state !== 'fenced' || each.last?.by !== each.node);
  if (told.length === 0) return [];
  const nowMs = Date.parse(at);
  const lines = told.flatMap((each) => {
    const text = `  ${printable(each.node)}  ${printable(wordsOf(each, nowMs))}`;
    const paint = each.state === 'fenced' ? (line: string) => line : page.paint.bad;
    return fold(text, { width: page.width, indent: 4 }).map(paint);
  });
  return [page.paint.bold('Fencing'), ...lines];
}

function wordsOf({ state, sentence, last }: FencingStatus, nowMs: number): string {
  const word = { wanted: 'TO BE FENCED', 'under-way': 'BEING FENCED', failed: 'CANNOT BE FENCED', fenced: '' }[state];
  const past = last === null ? '' : `fenced ${agoOf(nowMs - last.atWallMs)}, by word of ${last.by} (${last.how})`;
  if (state === 'fenced') return past;
  return `${word}: ${sentence}${past === '' ? '' : `; before: ${past}`}`;
}

/** Clocks of two nodes differ a little. */
function agoOf(ms: number): string {
  return ms < 1000 ? 'just now' : `${formatDuration(ms - (ms % 1000))} ago`;
}
