import { limits } from '../model/limits.js';

/** From this length on one letter may be wrong. */
const SHORT = 3;

/** Finds the name that was probably meant. */
export type Suggest = (written: string, names: Iterable<string>) => string | null;

/**
 * A suggester for one validation.
 *
 * Shape: the nearest name within a third of the length of what was written, at least one change, none for one or two letters; case does not count; ties go to the first. Null beyond
 * {@link limits.suggestionComparisonsMax} comparisons, so that ten thousand mistakes do not take a day.
 */
export function suggester(): Suggest {
  let left: number = limits.suggestionComparisonsMax;
  return (written, names) => {
    const word = written.toLowerCase();
    let best: string | null = null;
    let bestDistance = (word.length < SHORT ? 0 : Math.max(1, Math.floor(word.length / 3))) + 1;
    for (const name of names) {
      if (left <= 0) return null;
      left -= 1;
      if (name === written || Math.abs(name.length - word.length) >= bestDistance) continue;
      const distance = changesBetween(word, name.toLowerCase());
      if (distance >= bestDistance) continue;
      best = name;
      bestDistance = distance;
    }
    return best;
  };
}

/** The words beside an underline: which name was meant, if any comes near. */
export function didYouMean(meant: string | null): { readonly label?: string } {
  return meant === null ? {} : { label: `did you mean "${meant}"?` };
}

/**
 * The least number of letters to insert, remove, replace or swap with their neighbour.
 *
 * Source: Damerau-Levenshtein distance, restricted (optimal string alignment).
 */
function changesBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
