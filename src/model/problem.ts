import type { Place } from './source.js';

/**
 * Something wrong with the user's spec.
 *
 * Shape: `code` is stable kebab-case, the same in the rule's file, its test, the docs and the JSON; `message` is one sentence; `length` is the
 * number of UTF-16 code units to underline from `place` on; `label` stands beside the underline; `help` says what to do.
 */
export interface Problem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly place: Place;
  readonly length: number;
  readonly label?: string;
  readonly help?: string;
  /** Other places that take part, such as the first use of a duplicate name. */
  readonly notes?: readonly ProblemNote[];
}

/** Another place that takes part in a problem. */
export interface ProblemNote {
  readonly place: Place;
  readonly message: string;
}
