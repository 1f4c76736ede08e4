import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { roomOf } from '../house/check-imports.js';
import { importedPath, readImports } from '../house/read-imports.js';

/** Every file that a file imports, directly or through others, and every package and module of Node. */
function reachFrom(entry: string): { readonly files: string[]; readonly outside: string[] } {
  const files = new Set<string>();
  const outside = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    for (const { specifier } of readImports({ path, text: readFileSync(path, 'utf8') })) {
      const target = importedPath(path, specifier);
      if (target === null) outside.add(specifier);
      else open.push(target);
    }
  }
  return { files: [...files].sort(), outside: [...outside].sort() };
}

/** What `src/cli/show-plan.ts` may reach outside the project: nothing that could open a file, a socket or a process. */
const HARMLESS = ['ajv', 'ajv/dist/runtime/equal.js', 'ajv/dist/runtime/ucs2length.js', 'fast-json-patch', 'yaml'];

test('the plan of a dry run is made by code that cannot reach a file, a socket or a process', () => {
  const { files, outside } = reachFrom('src/cli/show-plan.ts');
  expect(outside.filter((name) => !HARMLESS.includes(name))).toEqual([]);
  const rooms = new Set(files.map((path) => roomOf(path)?.name ?? path));
  expect([...rooms].sort()).toEqual(['base', 'cli', 'model', 'planner', 'spec']);
});

test('what gives a dry run its eyes takes only what reads', () => {
  const text = readFileSync('src/cli/dry-run.ts', 'utf8');
  const named = [
    ...text.matchAll(/^import (?:type )?\{([^}]*)\} from '(node:[^']+|\.\.\/(?:agents|control|host)[^']*)';$/gm),
  ];
  const imports = named.flatMap(([, names = '', from]) => names.split(',').map((name) => `${from} ${name.trim()}`));
  expect(imports.sort()).toEqual([
    '../control/client.js readSpecInForce',
    '../control/client.js readStatus',
    '../host/spec-files.js readSpec',
    '../host/spec-text.js splitFiles',
    '../host/system-error.js describeSystemError',
    'node:fs/promises readFile',
    'node:fs/promises stat',
    'node:path join',
  ]);
});
