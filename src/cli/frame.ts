/** Shows a text that changes: in place on a screen, one after the other in a file. */
import type { Terminal } from './terminal.js';

/** Source: ECMA-48, cursor position and erase in page and line. */
const HOME = '\u001b[H';
const CLEAR = '\u001b[2J';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Draws the next frame over the last. What does not fit the screen's height is left out and counted. */
export function drawFrame(terminal: Terminal, frame: { readonly text: string; readonly isFirst: boolean }): void {
  const { text, isFirst } = frame;
  if (!terminal.isScreen) {
    terminal.out(isFirst ? text : `\n${text}`);
    return;
  }
  const lines = text.replace(/\n$/, '').split('\n');
  const room = Math.max(1, terminal.size().height - 1);
  const missing = lines.length - room;
  const shown = missing > 0 ? [...lines.slice(0, room - 1), `(${missing + 1} more lines than this screen has)`] : lines;
  terminal.out(
    `${isFirst ? CLEAR : ''}${HOME}${shown.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')}${CLEAR_BELOW}`,
  );
}
