/** Makes plain data unwritable, all the way down, and gives it back. Shape: no cycles; what is frozen already is taken to be so all the way down. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) freezeDeep(member);
  return value;
}
