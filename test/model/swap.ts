/** The same state with two voters' names exchanged: in maps and sets, whose order goes by name, in tokens, and wherever else a text is one. Lists of names are the voters, who stay the same. */
export function decodeSwapped<State>(state: State): State {
  return renamed(state) as State;
}

function renamed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^v[23]/, (name) => (name === 'v2' ? 'v3' : 'v2'));
  if (value instanceof Map)
    return new Map([...value].map(([key, each]) => [renamed(key), renamed(each)] as const).sort(byName));
  if (value instanceof Set) return new Set([...value].map(renamed).sort());
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? value : value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renamed(each)]));
}

function byName([a]: readonly [unknown, unknown], [b]: readonly [unknown, unknown]): number {
  return String(a) < String(b) ? -1 : 1;
}
