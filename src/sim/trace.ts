import { createHash } from 'node:crypto';

/** What happened, line by line, with a hash over all of it: two runs of one seed must have the same (S9). */
export class Trace {
  readonly lines: string[] = [];
  readonly #hash = createHash('sha256');
  #digest: string | null = null;

  /** Notes something. Shape: `who` is a machine, or a word for the world. */
  say(atMs: number, who: string, what: string): void {
    const line = `${(atMs / 1000).toFixed(6).padStart(11)}  ${who.padEnd(7)}  ${what}`;
    this.lines.push(line);
    this.#hash.update(line).update('\n');
  }

  /** The hash of everything noted; nothing more is to be noted afterwards. */
  digest(): string {
    this.#digest ??= this.#hash.digest('hex');
    return this.#digest;
  }
}
