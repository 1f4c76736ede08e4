import { describe, expect, it } from 'vitest';
import { checkImports, checkRings } from './check-imports.js';
import { ROOMS } from './house-map.js';
import { printViolation, readSources } from './source.js';
import type { Source } from './source.js';

/** Files of a made-up house, each with the text given for it. */
function house(files: Readonly<Record<string, string>>): Source[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

/** What is said about src/model/plan.ts when it holds the text, beside one file in each other room. */
function saidOf(text: string, path = 'src/model/plan.ts'): string[] {
  const others = Object.fromEntries(ROOMS.map(({ name }) => [`src/${name}/thing.ts`, 'export const thing = 1;']));
  return checkImports(house({ ...others, [path]: text })).map(printViolation);
}

describe('the project', () => {
  const sources = readSources('src', ['.ts']);

  it('has files to look at', () => {
    expect(sources.length).toBeGreaterThan(10);
  });

  it('imports only as the house map allows', () => {
    expect(checkImports(sources).map(printViolation)).toEqual([]);
  });

  it('has no files that import each other in a ring', () => {
    expect(checkRings(sources).map(printViolation)).toEqual([]);
  });
});

describe('the import map', () => {
  it('allows a lower floor, the own room, and a listed package', () => {
    expect(saidOf("import { thing } from '../base/thing.js';")).toEqual([]);
    expect(saidOf("import { thing } from './thing.js';")).toEqual([]);
    expect(saidOf("import { parse } from 'yaml';", 'src/spec/parse.ts')).toEqual([]);
    expect(saidOf("import { readFile } from 'node:fs/promises';", 'src/host/files.ts')).toEqual([]);
  });

  it('refuses a higher floor, and names both', () => {
    expect(saidOf("\nimport { thing } from '../planner/thing.js';")).toEqual([
      'src/model/plan.ts:2: room "model" (floor 1) imports "planner" (floor 2); arrows point down only',
    ]);
  });

  it('refuses a room of the same floor', () => {
    expect(saidOf("import { thing } from '../ownership/thing.js';", 'src/planner/a.ts')).toHaveLength(1);
  });

  it('refuses an import of types only like any other', () => {
    expect(saidOf("import type { Thing } from '../planner/thing.js';")).toHaveLength(1);
    expect(saidOf("export type A = import('../planner/thing.js').Thing;")).toHaveLength(1);
    expect(saidOf("import { type Thing } from '../planner/thing.js';")).toHaveLength(1);
  });

  it('refuses what is loaded late', () => {
    expect(saidOf("export const late = () => import('../planner/thing.js');")).toHaveLength(1);
    expect(saidOf('export const late = (name: string) => import(name);')).toHaveLength(1);
  });

  it('refuses spec in the reconciler, which receives a value and never text', () => {
    expect(saidOf("import { thing } from '../spec/thing.js';", 'src/reconciler/mind.ts')).toEqual([
      'src/reconciler/mind.ts:1: room "reconciler" may not import room "spec"',
    ]);
    expect(saidOf("import { thing } from '../ports/thing.js';", 'src/reconciler/mind.ts')).toHaveLength(1);
  });

  it('refuses Node in the quiet wing and among the ports, with and without the prefix', () => {
    expect(saidOf("import { readFileSync } from 'node:fs';")).toHaveLength(1);
    expect(saidOf("import { join } from 'path';")).toHaveLength(1);
    expect(saidOf("import type { Socket } from 'node:dgram';", 'src/ports/transport.ts')).toHaveLength(1);
  });

  it('refuses a package that the room does not list', () => {
    expect(saidOf("import { parse } from 'yaml';")).toEqual([
      'src/model/plan.ts:1: room "model" may not import the package "yaml"; the house map lists what it may',
    ]);
  });

  it('refuses a file that does not exist, a missing ending, and a way out of src/', () => {
    expect(saidOf("import { a } from '../base/absent.js';")).toHaveLength(1);
    expect(saidOf("import { thing } from '../base/thing';")).toHaveLength(1);
    expect(saidOf("import { a } from '../../test/a.js';")).toHaveLength(1);
  });

  it('refuses re-exports outside the front door', () => {
    expect(saidOf("export { thing } from '../base/thing.js';")).toHaveLength(1);
    expect(saidOf("export * from '../base/thing.js';")).toHaveLength(1);
    expect(saidOf("export * from './base/thing.js';", 'src/index.ts')).toEqual([]);
  });

  it('refuses a folder that is no room', () => {
    expect(saidOf('export const a = 1;', 'src/attic/a.ts')).toEqual([
      'src/attic/a.ts: this folder is no room of the house map; add it there',
    ]);
    expect(saidOf('export const a = 1;', 'src/stray.ts')).toHaveLength(1);
  });

  it('reads imports as the compiler does, not in comments or texts', () => {
    expect(saidOf("// import { thing } from '../planner/thing.js';")).toEqual([]);
    expect(saidOf('export const text = "import { thing } from \'../planner/thing.js\'";')).toEqual([]);
  });
});

describe('the search for rings', () => {
  it('finds a ring of three, types included, and prints its way', () => {
    const ring = house({
      'src/base/a.ts': "import { b } from './b.js';",
      'src/base/b.ts': "import type { C } from './c.js';",
      'src/base/c.ts': "import { a } from './a.js';",
    });
    expect(checkRings(ring).map(({ sentence }) => sentence)).toEqual([
      'these files import each other in a ring: src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts',
    ]);
  });

  it('finds a ring behind a file that is no part of it', () => {
    const ring = house({
      'src/base/a.ts': "import { b } from './b.js';",
      'src/base/b.ts': "import { c } from './c.js';",
      'src/base/c.ts': "import { b } from './b.js';",
    });
    expect(checkRings(ring)).toHaveLength(1);
  });

  it('lets two ways to one file pass', () => {
    const diamond = house({
      'src/base/a.ts': "import './b.js'; import './c.js';",
      'src/base/b.ts': "import './d.js';",
      'src/base/c.ts': "import './d.js';",
      'src/base/d.ts': '',
    });
    expect(checkRings(diamond)).toEqual([]);
  });
});
