/**
 * Whether two values of plain data say the same.
 *
 * Shape: no cycles, functions or dates; the order of an object's keys does not count, and a member that is undefined is as good as absent, as in JSON.
 */
export function isPlainEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!isPlainEqual(a[index], b[index])) return false;
    return true;
  }
  return isObject(a) && isObject(b) && areMembersEqual(a, b);
}

function isObject(value: object): value is Readonly<Record<string, unknown>> {
  return !Array.isArray(value);
}

function areMembersEqual(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  for (const name in a) if (!isPlainEqual(a[name], b[name])) return false;
  for (const name in b) if (b[name] !== undefined && a[name] === undefined) return false;
  return true;
}
