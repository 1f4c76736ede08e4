import type { Terminal } from '../../src/cli/terminal.js';

/** A terminal that is no screen and keeps what is written to it, whether as answer or as talk. */
export function writtenTerminal(written: string[]): Terminal {
  return {
    out: (text) => written.push(text),
    err: (text) => written.push(text),
    isScreen: false,
    size: () => ({ width: 100, height: 40 }),
    colours: () => false,
    gone: new AbortController().signal,
    flush: async () => undefined,
  };
}
