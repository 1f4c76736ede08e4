/**
 * The one order of ids: by UTF-16 code unit, the same on every machine and in every locale.
 *
 * Shape: negative, zero or positive.
 */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A copy sorted by an id, ties kept in their given order.
 */
export function sortedBy<T>(values: Iterable<T>, id: (value: T) => string): T[] {
  return [...values].sort((a, b) => compareIds(id(a), id(b)));
}
