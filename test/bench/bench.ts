/** What a bench is to its runner. */

/** What was asked for on the command line. */
export interface BenchOptions {
  /** How often each figure is measured; null for what the bench thinks right. */
  readonly rounds: number | null;
  /** Whether to measure other programs beside ours, where they are installed. */
  readonly withRivals: boolean;
  /** A part of the bench, by a name that it knows; null for all of it. */
  readonly only: string | null;
  /** Takes lines about the progress. */
  readonly tell: (line: string) => void;
}

/** What came of it. */
export interface BenchReport {
  /** For people. */
  readonly table: string;
  /** For programs: plain JSON with everything that was measured. */
  readonly figures: unknown;
}

/** Measures something. */
export type Bench = (options: BenchOptions) => Promise<BenchReport>;

/** Columns padded to the same width; numbers to the right. Shape: every row as long as the first. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The middle one of some numbers. Errors: NaN when there are none. */
export function medianOf(numbers: readonly number[]): number {
  const inOrder = [...numbers].sort((left, right) => left - right);
  return inOrder[Math.floor(inOrder.length / 2)] ?? Number.NaN;
}

function pad(cell: string, width: number): string {
  return /^[\d.,]+( \S+)?$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
