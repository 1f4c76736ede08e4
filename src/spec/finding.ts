import type { Problem } from '../model/problem.js';
import type { Mark } from './source-index.js';

/** A problem before its code is put to it. Shape: as {@link Problem}. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly at: Mark;
  /** Stands beside the underline. */
  readonly label?: string;
  /** What to do. */
  readonly help?: string;
  /** Other places that take part. */
  readonly notes?: readonly { readonly at: Mark; readonly message: string }[];
}

/** A finding with the code of its problem. */
export interface CodedFinding extends Finding {
  readonly code: string;
}

/** The problem that a finding is. */
export function problemOf(code: string, finding: Finding): Problem {
  const { severity, message, at, label, help, notes } = finding;
  return {
    code,
    severity,
    message,
    place: at.place,
    length: at.length,
    ...(label === undefined ? {} : { label }),
    ...(help === undefined ? {} : { help }),
    ...(notes === undefined ? {} : { notes: notes.map((note) => ({ place: note.at.place, message: note.message })) }),
  };
}
