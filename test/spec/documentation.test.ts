import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allRules } from '../../src/spec/all-rules.js';
import { decodeSpec } from '../../src/spec/decode-spec.js';

const root = new URL('../../', import.meta.url);
const page = readText('docs/spec.md');
const schema: unknown = JSON.parse(readText('schemas/cluster.schema.json'));

function readText(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
}

function namesIn(folder: string, ending: string): string[] {
  return readdirSync(fileURLToPath(new URL(folder, root))).filter((name) => name.endsWith(ending));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The codes that stand in the sources of the room, rules or not. */
function codesInSources(): string[] {
  const texts = namesIn('src/spec', '.ts').map((name) => readText(`src/spec/${name}`));
  const found = texts.flatMap((text) => [...text.matchAll(/code: '([a-z-]+)'/g)].map((match) => match[1] ?? ''));
  return [...new Set(['unreadable', ...found, ...allRules.map((rule) => rule.code)])].sort();
}

/** Every key of the schema with its words and default, by the name that the page gives it. */
function keysOf(node: unknown, path = ''): (readonly [string, Readonly<Record<string, unknown>>])[] {
  const target = resolve(node);
  if (target === null) return [];
  const own = isRecord(target.properties) ? Object.entries(target.properties) : [];
  const found = own.flatMap(([name, part]) => {
    const key = path === '' ? name : `${path}.${name}`;
    const described = resolve(part);
    return described === null ? [] : [[key, described] as const, ...keysOf(part, key)];
  });
  const named = isRecord(target.propertyNames) && isRecord(resolve(target.additionalProperties)?.properties);
  return [
    ...found,
    ...(named ? keysOf(target.additionalProperties, `${path}.NAME`) : []),
    ...(isRecord(resolve(target.items)?.properties) ? keysOf(target.items, `${path}[]`) : []),
  ];
}

function resolve(node: unknown): Readonly<Record<string, unknown>> | null {
  if (!isRecord(node)) return null;
  if (typeof node.$ref !== 'string') return node;
  const name = node.$ref.replace('#/definitions/', '');
  return isRecord(schema) && isRecord(schema.definitions) ? resolve(schema.definitions[name]) : null;
}

describe('the page on the spec file', () => {
  it('explains every code once, with what, why and what to do', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \| (.+) \| (.+) \|$/gm)].map((match) => match[1] ?? '');
    expect([...rows].sort()).toEqual(codesInSources());
  });

  it('has the words of the schema for every key', () => {
    const keys = keysOf(schema).filter(([key]) => key.includes('.'));
    expect(keys.length).toBeGreaterThan(90);
    const missing = keys.filter(([key, { description }]) => {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${key}\` |`));
      return row === undefined || !row.includes(String(description));
    });
    expect(missing.map(([key]) => key)).toEqual([]);
  });
});

describe('the examples', () => {
  const names = namesIn('examples', '.yaml');

  it('are those of the set-ups that people have, and the quickstart', () => {
    expect(names.length).toBeGreaterThanOrEqual(6);
  });

  it.each(names)('%s is valid, and begins with the schema for editors', (name) => {
    const text = readText(`examples/${name}`);
    const result = decodeSpec([{ file: name, text }]);
    expect(result.kind === 'ok' ? [] : result.problems).toEqual([]);
    expect(text.startsWith('# yaml-language-server: $schema=../schemas/cluster.schema.json\n')).toBe(true);
  });

  it('survive the loss of one node', () => {
    const stopping = names.filter((name) => {
      const result = decodeSpec([{ file: name, text: readText(`examples/${name}`) }]);
      if (result.kind !== 'ok') return true;
      const { fencing, nodes } = result.spec;
      const voters = nodes.filter((node) => node.votes);
      // Of two voters each can fence the other, and goes on.
      const canFence = voters.every((node) => fencing.levels.some((each) => each.node === node.id));
      return voters.length < 3 && !(voters.length === 2 && canFence);
    });
    expect(stopping).toEqual([]);
  });
});
