import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markSpec, readSpec } from '../../src/host/spec-files.js';
import { joinFiles } from '../../src/host/spec-text.js';
import { limits } from '../../src/model/limits.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-spec-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file of the folder and gives its path. */
function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Why a path cannot be read. */
async function whyOf(path: string): Promise<string> {
  const sighting = await readSpec(path);
  return sighting.kind === 'unreadable' ? sighting.why : sighting.kind;
}

describe('a spec', () => {
  it('may be a file, known by its name alone', async () => {
    const text = 'kind: Cluster\nname: "Schlüssel 🔑"\n';
    const files = [{ file: 'edge.yaml', text }];
    const joined = joinFiles(files);
    const hash = createHash('sha256').update(joined).digest('hex');
    expect(await readSpec(put('edge.yaml', text))).toEqual({ kind: 'files', files, text: joined, hash });
  });

  it('may be a folder of files, in the order of their names', async () => {
    for (const name of ['b.yml', 'a.yaml', '.hidden.yaml', 'a.yaml~', '.#a.yaml', 'notes.txt']) put(name, `# ${name}`);
    mkdirSync(join(folder, 'folder.yaml'));
    expect(await readSpec(folder)).toMatchObject({
      files: [
        { file: 'a.yaml', text: '# a.yaml' },
        { file: 'b.yml', text: '# b.yml' },
      ],
    });
  });

  it('has one hash wherever it lies', async () => {
    mkdirSync(join(folder, 'other'));
    const [here, there] = await Promise.all([
      readSpec(put('edge.yaml', 'a: 1')),
      readSpec(put('other/edge.yaml', 'a: 1')),
    ]);
    expect(here).toEqual(there);
    expect(await readSpec(put('edge.yaml', 'a: 2'))).not.toEqual(there);
  });

  it('is hashed right when it is large, whatever letter stands where it is cut', async () => {
    const path = put('edge.yaml', `${'x'.repeat(1024 * 1024 - 24)}${'🔑'.repeat(20)}${'y'.repeat(1024 * 1024)}`);
    const sighting = await readSpec(path);
    const hash = sighting.kind === 'files' ? createHash('sha256').update(sighting.text).digest('hex') : '';
    expect(sighting).toMatchObject({ kind: 'files', hash });
  });

  it('loses a byte order mark, so that places stay true', async () => {
    expect(await readSpec(put('edge.yaml', '\ufeffa: 1'))).toMatchObject({ files: [{ text: 'a: 1' }] });
  });

  it('has vanished when there is nothing, or the link to it leads nowhere', async () => {
    symlinkSync('nowhere', join(folder, 'link.yaml'));
    put('file', '');
    for (const name of ['missing.yaml', 'link.yaml', 'file/x.yaml', 'a/b/c.yaml']) {
      expect(await readSpec(join(folder, name))).toEqual({ kind: 'vanished' });
    }
  });
});

describe('what cannot be read says why', () => {
  it('an empty folder', async () => {
    expect(await whyOf(folder)).toBe(`"${folder}" holds no file whose name ends in .yaml or .yml; put the spec there`);
  });

  it('a folder with one file that cannot be reached', async () => {
    put('a.yaml', 'a: 1');
    symlinkSync('nowhere', join(folder, 'b.yaml'));
    expect(await whyOf(folder)).toBe(`cannot read "${folder}/b.yaml": it does not exist (ENOENT)`);
  });

  it('what is not UTF-8', async () => {
    const path = put('edge.yaml', Buffer.from('name: Schl\xfcssel', 'latin1'));
    expect(await whyOf(path)).toBe(`"${path}" is not UTF-8 text; save it as UTF-8`);
  });

  it('what is larger than a spec may be, alone or together', async () => {
    const path = put('a.yaml', '');
    truncateSync(path, limits.specBytesMax + 1);
    expect(await whyOf(path)).toContain(`"${path}" is larger than 16 MiB`);
    truncateSync(path, limits.specBytesMax / 2);
    truncateSync(put('b.yaml', ''), limits.specBytesMax / 2);
    expect(await whyOf(folder)).toContain(`"${folder}" is larger than 16 MiB`);
  });

  it('a pipe, without waiting for its writer', async () => {
    const pipe = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [pipe]);
    expect(await whyOf(pipe)).toBe(`"${pipe}" is neither a file nor a folder`);
    expect(await whyOf(folder)).toBe(`"${pipe}" is no regular file`);
  });

  it('a circle of links', async () => {
    const path = join(folder, 'a.yaml');
    symlinkSync('a.yaml', path);
    expect(await whyOf(path)).toContain(
      `cannot read "${path}": it is a symbolic link, or there are too many on the way`,
    );
  });
});

describe('the mark of a spec', () => {
  it('changes with content, with files that come and go, and with a vanished path', async () => {
    const marks = [await markSpec(folder)];
    put('a.yaml', 'a: 1');
    marks.push(await markSpec(folder));
    put('a.yaml', 'a: 10');
    marks.push(await markSpec(folder));
    put('b.yaml', 'b: 1');
    marks.push(await markSpec(folder), await markSpec(join(folder, 'missing')));
    expect(new Set(marks).size).toBe(5);
  });

  it('stays when nothing changes, or something that is no file of the spec', async () => {
    put('a.yaml', 'a: 1');
    const mark = await markSpec(folder);
    put('notes.txt', 'x');
    expect(await markSpec(folder)).toBe(mark);
  });
});
