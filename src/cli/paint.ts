/** Colours for terminals. What a colour says, a word beside it says too. */

/** Ways to write a text so that it stands out. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** Source: ECMA-48, select graphic rendition. */
export function paintOf(isColoured: boolean): Paint {
  const way = (code: number) => (text: string) =>
    isColoured && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: way(1), dim: way(2), good: way(32), warning: way(33), bad: way(31) };
}

/** What decides whether a stream gets colours. */
export interface ColourChoice {
  /** The word after `--color`. */
  readonly wish: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}

/** NO_COLOR wins over everything, then the wish counts, then whether somebody looks. */
export function isColoured({ wish, environment, isTerminal }: ColourChoice): boolean {
  if ((environment.NO_COLOR ?? '') !== '') return false;
  if (wish === 'always') return true;
  return wish === 'auto' && isTerminal && environment.TERM !== 'dumb';
}

/** Control characters as people write them: what an agent prints can neither forge a line nor drive a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    const quoted = JSON.stringify(character).slice(1, -1);
    return quoted === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : quoted;
  });
}
