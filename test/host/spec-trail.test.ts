import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOnTrail, traceSpec } from '../../src/host/spec-trail.js';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'fairlead-trail-')));
  mkdirSync(join(folder, 'git/1'), { recursive: true });
  writeFileSync(join(folder, 'git/1/edge.yaml'), '');
  symlinkSync('1', join(folder, 'git/head'));
  symlinkSync(join(folder, 'git/head'), join(folder, 'current'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The trail of a path in the folder: each watched folder, from there, with the names that matter in it. */
async function trailOf(path: string): Promise<Record<string, string[]>> {
  const trail = await traceSpec(join(folder, path));
  return Object.fromEntries([...trail].map(([each, names]) => [each.slice(folder.length + 1), [...names].sort()]));
}

describe('the trail of a spec', () => {
  it('has the folder of a plain file, and its name', async () => {
    expect(await trailOf('git/1/edge.yaml')).toEqual({ 'git/1': ['edge.yaml'] });
  });

  it('has every symbolic link on the way, in its real folder', async () => {
    expect(await trailOf('current/edge.yaml')).toEqual({ '': ['current'], git: ['head'], 'git/1': ['edge.yaml'] });
  });

  it('has a folder beside its own name, and the way to each of its files', async () => {
    mkdirSync(join(folder, 'spec'));
    symlinkSync('../current/edge.yaml', join(folder, 'spec/a.yaml'));
    writeFileSync(join(folder, 'spec/b.yaml'), '');
    expect(await trailOf('spec')).toEqual({
      '': ['current', 'spec'],
      spec: ['*', 'a.yaml', 'b.yaml'],
      git: ['head'],
      'git/1': ['edge.yaml'],
    });
  });

  it('ends where something is missing, and knows what to wait for', async () => {
    expect(await trailOf('git/2/etc/edge.yaml')).toEqual({ git: ['2'] });
  });

  it('ends in a circle of links', async () => {
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect(await trailOf('a/edge.yaml')).toEqual({ '': ['a', 'b'] });
  });

  it('does not grow beyond its limit', async () => {
    mkdirSync(join(folder, 'spec'));
    for (let i = 0; i < 100; i++) {
      mkdirSync(join(folder, `far${i}`));
      symlinkSync(`../far${i}/x`, join(folder, `spec/${i}.yaml`));
    }
    expect(Object.keys(await trailOf('spec'))).toHaveLength(64);
  });
});

describe('a change', () => {
  it('is on the trail when its name matters there, or is not told', async () => {
    const trail = await traceSpec(join(folder, 'git/1'));
    const at = join(folder, 'git/1');
    expect(['edge.yaml', 'new.yml', '1', null].map((name) => isOnTrail(trail, at, name))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['notes.txt', '.edge.yaml.swp'].map((name) => isOnTrail(trail, at, name))).toEqual([false, false]);
    expect(isOnTrail(trail, folder, 'git')).toBe(false);
  });
});
