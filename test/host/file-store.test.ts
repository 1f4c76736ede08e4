import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bootId, fileStore, isTmpfs } from '../../src/host/file-store.js';
import { fullStoreContract, storeContract } from '../contract/store-contract.js';
import { describeWith } from '../agents/harness/requirements.js';
import { SmallTmpfs } from './small-tmpfs.js';

const folders: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-store-'));
  folders.push(path);
  return path;
};
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

for (const fsync of [false, true]) {
  storeContract(`of files, ${fsync ? 'synced' : 'not synced'}`, () => {
    const directory = join(folder(), 'state');
    const open = () => fileStore({ directory, fsync });
    return { store: open(), reopen: open };
  });
}

describe('a store of files', () => {
  it('is for its owner only: the directory, and each file', () => {
    const directory = join(folder(), 'a', 'b');
    const store = fileStore({ directory });
    store.write('voter.json', '1');
    store.write('voter.json', '2');
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'voter.json')).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing but the text behind, and clears what a crash left at the next write', () => {
    const directory = folder();
    writeFileSync(join(directory, '.voter.json.new'), 'half a te');
    const store = fileStore({ directory });
    expect(store.read('voter.json')).toBeNull();
    store.write('voter.json', '1');
    expect(readdirSync(directory)).toEqual(['voter.json']);
  });

  it('writes through no symbolic link', () => {
    const directory = folder();
    const elsewhere = join(folder(), 'elsewhere');
    writeFileSync(elsewhere, 'untouched');
    symlinkSync(elsewhere, join(directory, '.voter.json.new'));
    expect(() => fileStore({ directory }).write('voter.json', '1')).toThrow('it is a symbolic link');
    expect(fileStore({ directory }).read('voter.json')).toBeNull();
  });

  it('says what it could not do, to which file, and why', () => {
    const directory = folder();
    const store = fileStore({ directory });
    mkdirSync(join(directory, 'voter.json'));
    expect(() => store.read('voter.json')).toThrow(`cannot read "${directory}/voter.json": it is a directory (EISDIR)`);
    expect(() => store.write('voter.json', '1')).toThrow(
      `cannot keep "${directory}/voter.json": it is a directory (EISDIR)`,
    );
    writeFileSync(join(directory, 'file'), '');
    expect(() => fileStore({ directory: join(directory, 'file', 'state') })).toThrow(
      `cannot make the directory "${directory}/file/state": a part of the path is no directory (ENOTDIR)`,
    );
    expect(readdirSync(directory).sort()).toEqual(['file', 'voter.json']);
  });

  it('says so where the kernel lets nobody make a directory', () => {
    expect(() => fileStore({ directory: '/proc/fairlead/state' })).toThrow(
      'cannot make the directory "/proc/fairlead/state"',
    );
  });

  it('takes a name that is no file name for our own mistake', () => {
    const store = fileStore({ directory: folder() });
    for (const name of ['../x', '.hidden', 'a/b', '']) expect(() => store.read(name)).toThrow('is no name');
  });
});

describe('this boot', () => {
  it('has a name that stays', () => {
    expect(bootId()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(bootId()).toBe(bootId());
  });

  it('says which directory it cannot look at', () => {
    const directory = join(folder(), 'missing');
    expect(() => isTmpfs(directory)).toThrow(
      `cannot look at the file system of "${directory}": it does not exist (ENOENT)`,
    );
    expect(isTmpfs('/proc')).toBe(false);
  });
});

describeWith('a file system in memory', { namespaces: ['--mount'] }, () => {
  let tmpfs: SmallTmpfs;
  let ramfs: SmallTmpfs;
  beforeAll(async () => {
    tmpfs = await SmallTmpfs.mount({ kind: 'tmpfs', sizeBytes: 128 * 1024 });
    ramfs = await SmallTmpfs.mount({ kind: 'ramfs', sizeBytes: 128 * 1024 });
  });
  afterAll(async () => {
    await tmpfs.unmount();
    await ramfs.unmount();
  });

  it('is told from others', () => {
    expect([isTmpfs(tmpfs.path), isTmpfs(ramfs.path), isTmpfs('/proc')]).toEqual([true, true, false]);
  });

  fullStoreContract('of files', () => {
    const directory = join(tmpfs.path, 'state');
    const open = () => fileStore({ directory });
    const fill = (): void => {
      const ballast = join(directory, 'ballast');
      expect(() => writeFileSync(ballast, 'x'.repeat(256 * 1024))).toThrow('ENOSPC');
      expect(statSync(ballast).size).toBeGreaterThan(60 * 1024);
    };
    return { store: open(), reopen: open, fill };
  });

  it('says that there is no space left, and keeps no part of the new text', () => {
    const directory = join(tmpfs.path, 'other');
    const store = fileStore({ directory });
    expect(() => store.write('spec.yaml', 'x'.repeat(200_000))).toThrow(
      `cannot keep "${directory}/spec.yaml": no space left on the device (ENOSPC)`,
    );
    expect(readdirSync(directory)).toEqual([]);
  });
});
