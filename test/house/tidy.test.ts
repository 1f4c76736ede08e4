import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkApart, checkLock } from './check-apart.js';
import { checkLengths, checkLinks, checkNames, checkRoomPages } from './check-tidy.js';
import { FAKETIME_PACKAGE, NEEDED_BY_MACHINES, NEEDED_BY_SEEDS, NEEDED_FILES } from './prerequisites.mjs';
import { printViolation, readSources } from './source.js';

const TEXT_ENDINGS = ['.ts', '.mjs', '.md', '.json', '.yaml', '.yml', '.txt', '.sh', '.service', '.ci/run', 'ignore'];
const CODE_ENDINGS = ['.ts', '.mjs'];

describe('the project', () => {
  const everything = readSources('', TEXT_ENDINGS);
  const code = everything.filter(({ path }) => CODE_ENDINGS.some((ending) => path.endsWith(ending)));
  const root = new URL('../../', import.meta.url);

  it('names its files for what they hold', () => {
    expect(checkNames(code.map(({ path }) => path)).map(printViolation)).toEqual([]);
  });

  it('has no file that holds two things', () => {
    expect(checkLengths(code).map(printViolation)).toEqual([]);
  });

  it('has a page of one paragraph in each room', () => {
    expect(checkRoomPages(readSources('src', ['.ts', '.md'])).map(printViolation)).toEqual([]);
  });

  it('links only to what exists', () => {
    const pages = everything.filter(({ path }) => path.endsWith('.md'));
    const isThere = (path: string): boolean => existsSync(fileURLToPath(new URL(path, root)));
    expect(checkLinks(pages, isThere).map(printViolation)).toEqual([]);
  });

  it('names no registry and no place outside itself', () => {
    expect(checkApart(everything).map(printViolation)).toEqual([]);
  });

  it('locks its packages by checksum and not by place', () => {
    const lock = everything.find(({ path }) => path === 'package-lock.json');
    expect(lock && checkLock(lock).map(printViolation)).toEqual([]);
  });

  it('installs in .ci/run every package that the e2e tests look for', () => {
    const run = everything.find(({ path }) => path === '.ci/run')?.text ?? '';
    const listed = /packages=\(([^)]*)\)/.exec(run)?.[1]?.split(/\s+/) ?? [];
    expect(listed).toEqual(
      expect.arrayContaining([
        ...[...NEEDED_FILES, ...NEEDED_BY_MACHINES, ...NEEDED_BY_SEEDS].map(({ debianPackage }) => debianPackage),
        FAKETIME_PACKAGE,
      ]),
    );
  });
});

describe('the rule on names', () => {
  it.each([
    'src/base/utils.ts',
    'src/base/string-helper.ts',
    'src/model/types.ts',
    'test/common/a.ts',
    'src/cli/data.ts',
  ])('refuses %s', (path) => {
    expect(checkNames([path])).toHaveLength(1);
  });

  it.each(['src/base/order.ts', 'src/agents/systemd-service.ts', 'src/planner/placement.test.ts'])(
    'lets pass %s',
    (path) => {
      expect(checkNames([path])).toEqual([]);
    },
  );
});

describe('the rule on lengths', () => {
  it('lets 400 lines pass and refuses 401', () => {
    expect(checkLengths([{ path: 'src/base/a.ts', text: 'a\n'.repeat(400) }])).toEqual([]);
    expect(checkLengths([{ path: 'src/base/a.ts', text: 'a\n'.repeat(401) }])).toHaveLength(1);
  });

  it('does not bind what a program writes', () => {
    expect(checkLengths([{ path: 'src/spec/raw-document.ts', text: 'a\n'.repeat(900) }])).toEqual([]);
  });
});

describe('the rule on pages', () => {
  it('refuses a room without one, and one of two paragraphs', () => {
    const file = { path: 'src/base/a.ts', text: '' };
    expect(checkRoomPages([file])).toHaveLength(1);
    expect(checkRoomPages([file, { path: 'src/base/README.md', text: '# base\n\nOne.\n\nTwo.\n' }])).toHaveLength(1);
    expect(checkRoomPages([file, { path: 'src/base/README.md', text: '# base\n\nOne,\nlong.\n' }])).toEqual([]);
  });
});

describe('the rule on links', () => {
  it('finds a link that leads nowhere, and says where it stands', () => {
    const page = { path: 'docs/a.md', text: 'see\n[b](../b.md#part) and [c](c.md) and [w](https://example.org)' };
    const said = checkLinks([page], (path) => path === 'b.md').map(printViolation);
    expect(said).toEqual(['docs/a.md:2: links to "c.md", which does not exist']);
  });
});

describe('the rule on places', () => {
  it('finds a registry host and a private path', () => {
    const host = ['registry', 'npmjs', 'org'].join('.');
    const place = ['', 'home', 'me', 'notes'].join('/');
    expect(checkApart([{ path: 'a.md', text: `see https://${host}/x` }])).toHaveLength(1);
    expect(checkApart([{ path: 'a.md', text: `\`${place}\`` }])).toHaveLength(1);
    expect(checkApart([{ path: 'a.md', text: `docs${place}` }])).toEqual([]);
  });

  it('finds a package that says where it was taken from, or has no checksum', () => {
    const lock = (entry: object) => ({
      path: 'package-lock.json',
      text: JSON.stringify({ packages: { '': {}, 'node_modules/a': entry } }),
    });
    expect(checkLock(lock({ integrity: 'sha512-a' }))).toEqual([]);
    expect(checkLock(lock({ integrity: 'sha512-a', resolved: 'https://a' }))).toHaveLength(1);
    expect(checkLock(lock({}))).toHaveLength(1);
  });
});
