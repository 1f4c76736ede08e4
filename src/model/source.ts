/**
 * Where something stands in a spec file.
 *
 * Shape: `line` and `column` count from 1; column counts UTF-16 code units.
 */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Why something is so, in one sentence, with the line of the spec that makes it so where there is one. */
export interface Reason {
  readonly text: string;
  readonly place?: Place;
}
