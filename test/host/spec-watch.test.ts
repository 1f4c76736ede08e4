import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpecSighting } from '../../src/host/spec-files.js';
import { watchSpec } from '../../src/host/spec-watch.js';
import type { SpecWatch } from '../../src/host/spec-watch.js';

let folder = '';
const watches: SpecWatch[] = [];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'fairlead-watch-')));
});
afterEach(async () => {
  for (const each of watches.splice(0)) await each.close();
  rmSync(folder, { recursive: true });
});

/** What stands in the files of a sighting, or its kind. */
function contentOf(sighting: SpecSighting): string {
  return sighting.kind === 'files'
    ? sighting.files.map(({ file, text }) => `${file}=${text}`).join(' ')
    : sighting.kind;
}

/** A watch, and what it called back. */
async function begin(name: string) {
  const seen: string[] = [];
  const waiting: { readonly content: string; readonly resolve: () => void }[] = [];
  let stirs = 0;
  const specWatch = await watchSpec({
    path: join(folder, name),
    log: { event: () => undefined },
    onStir: () => {
      stirs += 1;
    },
    onSighting: (sighting) => {
      seen.push(contentOf(sighting));
      for (const { content, resolve } of waiting) if (content === seen.at(-1)) resolve();
    },
  });
  watches.push(specWatch);
  /** Resolves when this was called back, at once when it was the last. */
  const until = (content: string): Promise<void> =>
    new Promise((resolve) => {
      if (seen.at(-1) === content) resolve();
      else waiting.push({ content, resolve });
    });
  return { specWatch, seen, until, stirs: () => stirs };
}

const put = (name: string, content: string): void => writeFileSync(join(folder, name), content);

/** `ln -sfn`: a link takes a name from whatever had it, at once. */
function swapLink(name: string, target: string): void {
  symlinkSync(target, join(folder, `${name}.new`));
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

describe('a watched file', () => {
  beforeEach(() => put('edge.yaml', 'v1'));

  it('is seen at first without a call, and each change is called back', async () => {
    const { specWatch, seen, until, stirs } = await begin('edge.yaml');
    expect(contentOf(specWatch.sighting)).toBe('edge.yaml=v1');
    put('edge.yaml', 'v2');
    await until('edge.yaml=v2');
    put('edge.yaml', 'v3');
    await until('edge.yaml=v3');
    expect(seen).toEqual(['edge.yaml=v2', 'edge.yaml=v3']);
    expect(stirs()).toBeGreaterThan(0);
    expect(contentOf(specWatch.sighting)).toBe('edge.yaml=v3');
  });

  it('may be replaced by a rename, again and again, and written in place then', async () => {
    const { seen, until } = await begin('edge.yaml');
    for (const version of ['v2', 'v3', 'v4']) {
      put('.edge.yaml.swp', version);
      renameSync(join(folder, '.edge.yaml.swp'), join(folder, 'edge.yaml'));
      await until(`edge.yaml=${version}`);
    }
    put('edge.yaml', 'v5');
    await until('edge.yaml=v5');
    expect(seen).toEqual(['edge.yaml=v2', 'edge.yaml=v3', 'edge.yaml=v4', 'edge.yaml=v5']);
  });

  it('may be moved aside and written anew, as editors with backups do', async () => {
    const { until } = await begin('edge.yaml');
    renameSync(join(folder, 'edge.yaml'), join(folder, 'edge.yaml~'));
    put('edge.yaml', 'v2');
    await until('edge.yaml=v2');
  });

  it('may be emptied and filled: the end of it is seen, and no beginning that was never quiet', async () => {
    const { seen, until } = await begin('edge.yaml');
    truncateSync(join(folder, 'edge.yaml'));
    for (const part of ['a', 'b', 'c']) appendFileSync(join(folder, 'edge.yaml'), part);
    await until('edge.yaml=abc');
    expect(seen).toEqual(['edge.yaml=abc']);
  });

  it('that never falls quiet is looked at all the same, and its end is seen', async () => {
    const { seen, until } = await begin('edge.yaml');
    let version = 0;
    const writing = setInterval(() => put('edge.yaml', `w${version++}`), 5);
    await new Promise<void>((resolve) => {
      const asking = setInterval(() => {
        if (seen.length < 2) return;
        clearInterval(asking);
        resolve();
      }, 5);
    });
    clearInterval(writing);
    put('edge.yaml', 'end');
    await until('edge.yaml=end');
  });

  it('is not called back for a write that changes nothing', async () => {
    const { specWatch, seen, until } = await begin('edge.yaml');
    put('edge.yaml', 'v1');
    put('other.txt', 'x');
    await specWatch.look();
    put('edge.yaml', 'v2');
    await until('edge.yaml=v2');
    expect(seen).toEqual(['edge.yaml=v2']);
  });

  it('may vanish and return as it was', async () => {
    const { seen, until } = await begin('edge.yaml');
    unlinkSync(join(folder, 'edge.yaml'));
    await until('vanished');
    put('edge.yaml', 'v1');
    await until('edge.yaml=v1');
    expect(seen).toEqual(['vanished', 'edge.yaml=v1']);
  });

  it('may become unreadable, and says so once', async () => {
    const { seen, until } = await begin('edge.yaml');
    unlinkSync(join(folder, 'edge.yaml'));
    mkdirSync(join(folder, 'edge.yaml'));
    await until('unreadable');
    mkdirSync(join(folder, 'edge.yaml/nothing'));
    put('edge.yaml/a.yaml', 'v1');
    await until('a.yaml=v1');
    expect(seen.filter((content) => content !== 'vanished')).toEqual(['unreadable', 'a.yaml=v1']);
  });

  it('is looked at when asked, and the change is called back before the answer', async () => {
    const { specWatch, seen } = await begin('edge.yaml');
    put('edge.yaml', 'v2');
    expect(contentOf(await specWatch.look())).toBe('edge.yaml=v2');
    expect(seen).toEqual(['edge.yaml=v2']);
  });

  it('is let go of by close', async () => {
    const { specWatch, seen } = await begin('edge.yaml');
    await specWatch.close();
    put('edge.yaml', 'v2');
    expect(contentOf(await specWatch.look())).toBe('edge.yaml=v1');
    expect(seen).toEqual([]);
  });
});

describe('symbolic links', () => {
  beforeEach(() => {
    for (const version of ['1', '2', '3']) {
      mkdirSync(join(folder, `rev${version}`));
      put(`rev${version}/edge.yaml`, `v${version}`);
    }
    symlinkSync('rev1', join(folder, 'current'));
  });

  it('on the way to the file may be swapped, and the file behind them written', async () => {
    const { seen, until } = await begin('current/edge.yaml');
    swapLink('current', 'rev2');
    await until('edge.yaml=v2');
    swapLink('current', 'rev3');
    await until('edge.yaml=v3');
    put('rev3/edge.yaml', 'v3b');
    await until('edge.yaml=v3b');
    put('rev1/edge.yaml', 'nobody looks here');
    swapLink('current', 'rev2');
    await until('edge.yaml=v2');
    expect(seen).toEqual(['edge.yaml=v2', 'edge.yaml=v3', 'edge.yaml=v3b', 'edge.yaml=v2']);
  });

  it('may be the folder itself', async () => {
    const { until } = await begin('current');
    swapLink('current', 'rev2');
    await until('edge.yaml=v2');
    put('rev2/more.yaml', 'm');
    await until('edge.yaml=v2 more.yaml=m');
  });

  it('may be swapped as Kubernetes does, the file and a folder alike', async () => {
    mkdirSync(join(folder, 'mount'));
    mkdirSync(join(folder, 'mount/..1'));
    put('mount/..1/edge.yaml', 'v1');
    symlinkSync('..1', join(folder, 'mount/..data'));
    symlinkSync('..data/edge.yaml', join(folder, 'mount/edge.yaml'));
    const file = await begin('mount/edge.yaml');
    const whole = await begin('mount');
    for (const version of ['2', '3']) {
      mkdirSync(join(folder, `mount/..${version}`));
      put(`mount/..${version}/edge.yaml`, `v${version}`);
      const before = readlinkSync(join(folder, 'mount/..data'));
      swapLink('mount/..data', `..${version}`);
      rmSync(join(folder, 'mount', before), { recursive: true });
      await Promise.all([file.until(`edge.yaml=v${version}`), whole.until(`edge.yaml=v${version}`)]);
    }
    expect(file.seen).toEqual(['edge.yaml=v2', 'edge.yaml=v3']);
    expect(whole.seen).toEqual(['edge.yaml=v2', 'edge.yaml=v3']);
  });

  it('may lead nowhere for a while', async () => {
    const { until } = await begin('current/edge.yaml');
    swapLink('current', 'rev9');
    await until('vanished');
    mkdirSync(join(folder, 'rev9'));
    put('rev9/edge.yaml', 'v9');
    await until('edge.yaml=v9');
  });
});

describe('a watched folder', () => {
  it('is watched for files that come, change and go, and for no others', async () => {
    put('a.yaml', '1');
    const { seen, until } = await begin('.');
    put('b.yml', '2');
    await until('a.yaml=1 b.yml=2');
    put('.b.yml.swp', 'x');
    put('notes.txt', 'x');
    put('a.yaml', '3');
    await until('a.yaml=3 b.yml=2');
    unlinkSync(join(folder, 'b.yml'));
    await until('a.yaml=3');
    expect(seen).toEqual(['a.yaml=1 b.yml=2', 'a.yaml=3 b.yml=2', 'a.yaml=3']);
  });

  it('may be removed and made again, and its parents with it', async () => {
    mkdirSync(join(folder, 'etc/fairlead'), { recursive: true });
    put('etc/fairlead/a.yaml', '1');
    const { until } = await begin('etc/fairlead');
    rmSync(join(folder, 'etc'), { recursive: true });
    await until('vanished');
    mkdirSync(join(folder, 'etc/fairlead'), { recursive: true });
    put('etc/fairlead/a.yaml', '2');
    await until('a.yaml=2');
    put('etc/fairlead/a.yaml', '3');
    await until('a.yaml=3');
  });

  it('need not be there at first', async () => {
    const { specWatch, until } = await begin('later/edge.yaml');
    expect(specWatch.sighting).toEqual({ kind: 'vanished' });
    mkdirSync(join(folder, 'later'));
    put('later/edge.yaml', '1');
    await until('edge.yaml=1');
  });
});

describe('a change that makes no event where the watch is', () => {
  it('is found by looking now and then', async () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    mkdirSync(join(folder, 'other/b'), { recursive: true });
    put('a/b/edge.yaml', '1');
    put('other/b/edge.yaml', '2');
    const { until } = await begin('a/b/edge.yaml');
    for (const version of ['1b', '1c']) {
      put('a/b/edge.yaml', version);
      await until(`edge.yaml=${version}`);
    }
    renameSync(join(folder, 'a'), join(folder, 'aside'));
    renameSync(join(folder, 'other'), join(folder, 'a'));
    await until('edge.yaml=2');
    put('a/b/edge.yaml', '3');
    await until('edge.yaml=3');
  });
});
