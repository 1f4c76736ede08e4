import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('docs/operations.md says what to do about every condition', () => {
  const union = /interface Condition \{\s*readonly kind:([^;]+);/.exec(read('src/model/status.ts'))?.[1] ?? '';
  const kinds = [...union.matchAll(/'([a-z-]+)'/g)].map((match) => match[1] ?? '');
  expect(kinds.length).toBeGreaterThan(20);
  const section = read('docs/operations.md').split('## When something is wrong')[1]?.split('\n## ')[0] ?? '';
  const told = [...section.matchAll(/^\| ([^|]+) \|/gm)].flatMap((match) => (match[1] ?? '').split(', '));
  expect(kinds.filter((kind) => !told.includes(kind))).toEqual([]);
});
