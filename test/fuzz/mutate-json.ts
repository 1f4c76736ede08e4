/** Changes JSON so that it stays JSON: what a sender with the key and a defect could say. */
import type { RandomStream } from '../../src/base/random.js';
import { nextRandom, pickRandom } from '../../src/base/random.js';
import { below } from './mutate-bytes.js';

/** Values that are taken for others often enough to be worth trying in every place. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 - 2,
  '',
  ' ',
  'n1',
  'n2',
  'web',
  'own',
  'constructor',
  '__proto__',
  'resource web-address',
  '\u0000',
  '\ud800',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(600),
  'ff'.repeat(32),
  [],
  [[]],
  {},
  { kind: 'self', self: null },
  { kind: 'unheard-of', more: [1, 2, 3] },
];

/** Values that a field of the protocol may well have. */
const LIKELY: readonly unknown[] = [
  ...[0, 1, 2, 3, 100, 1000, 2 ** 31, 2 ** 53 - 1, 1_800_000_000_000],
  ...['n1', 'n2', 'n3', 'web', 'db', 'web-server', 'c', 'o', 's', 'l', '', 'running', 'stopped', 'unheard-of'],
  ...['token', 'quarantine', 'configuration', 'superseded'],
  ...['0a1b2c3d', 'ab'.repeat(32), 'n'.repeat(63)],
];

/** Deep enough to end a recursion that has no bound. */
const DEEP = 500;

/** One text of JSON with some of its values changed, removed, doubled or swapped. Shape: a text that is no JSON comes back with an odd value in its place. */
export function mutateJson(text: string, stream: RandomStream): string {
  const value = parsed(text);
  let changed = value;
  for (let i = pickRandom(stream, [1, 1, 1, 2, 4]) ?? 1; i > 0; i--) changed = mutate(changed, stream, 0);
  return JSON.stringify(changed) ?? 'null';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return []; // Something else than JSON was asked for; an empty list is as good a beginning as any.
  }
}

function mutate(value: unknown, stream: RandomStream, depth: number): unknown {
  if (Array.isArray(value) && value.length > 0 && (depth === 0 || nextRandom(stream) < 0.75)) {
    return mutateList(value, stream, depth);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && nextRandom(stream) < 0.75) {
    return mutateMembers(Object.entries(value), stream, depth);
  }
  if (typeof value === 'number' && nextRandom(stream) < 0.6) {
    return value + (pickRandom(stream, [1, -1, 1000, -1000, 2 ** 40, 0.25]) ?? 0);
  }
  if (typeof value === 'string' && nextRandom(stream) < 0.2) return value.slice(0, below(stream, value.length + 1));
  if (nextRandom(stream) < 0.6) {
    const likely = LIKELY.filter((each) => typeof each === typeof value);
    if (likely.length > 0) return pickRandom(stream, likely);
  }
  if (nextRandom(stream) < 0.02) return nested(stream);
  return pickRandom(stream, ODD);
}

function mutateList(list: readonly unknown[], stream: RandomStream, depth: number): unknown[] {
  const copy = [...list];
  const at = below(stream, copy.length);
  const dice = nextRandom(stream);
  if (dice < 0.06) copy.splice(at, 1);
  else if (dice < 0.12) copy.splice(at, 0, copy[below(stream, copy.length)]);
  else if (dice < 0.16) copy.length = at;
  else if (dice < 0.2) [copy[at], copy[0]] = [copy[0], copy[at]];
  else copy[at] = mutate(copy[at], stream, depth + 1);
  return copy;
}

function mutateMembers(members: readonly (readonly [string, unknown])[], stream: RandomStream, depth: number): unknown {
  const copy = members.map(([key, value]): [string, unknown] => [key, value]);
  const at = below(stream, Math.max(1, copy.length));
  const dice = nextRandom(stream);
  const member = copy[at];
  if (dice < 0.1) copy.splice(at, 1);
  else if (dice < 0.2 || member === undefined)
    copy.push([pickRandom(stream, ['__proto__', 'kind', 'more', 'node', 'toString']) ?? '', pickRandom(stream, ODD)]);
  else member[1] = mutate(member[1], stream, depth + 1);
  // Built as text would be: `__proto__` is a member like any other.
  return Object.fromEntries(copy);
}

function nested(stream: RandomStream): unknown {
  let value: unknown = [];
  for (let depth = below(stream, DEEP); depth > 0; depth--) value = depth % 2 === 0 ? [value] : { a: value };
  return value;
}
