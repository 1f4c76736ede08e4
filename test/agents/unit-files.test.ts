import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootTargetOf, hasUnitFile } from '../../src/agents/unit-files.js';
import { freshFolder } from './harness/folder.js';

let folder: ReturnType<typeof freshFolder>;
let folders: readonly string[];
beforeEach(() => {
  folder = freshFolder();
  folders = ['missing', 'etc', 'lib'].map((name) => join(folder.path, name));
  mkdirSync(join(folder.path, 'etc'));
  mkdirSync(join(folder.path, 'lib'));
});
afterEach(() => folder.remove());

function link(path: string, to: string): void {
  mkdirSync(join(folder.path, path, '..'), { recursive: true });
  symlinkSync(to, join(folder.path, path));
}

describe('a unit', () => {
  it('is there by its own file or by that of its template', () => {
    for (const name of ['web.service', 'lab@.service']) writeFileSync(join(folder.path, 'lib', name), '');
    const names = ['web.service', 'lab@1.service', 'other.service', 'other@1.service'];
    expect(names.filter((name) => hasUnitFile(name, folders))).toEqual(['web.service', 'lab@1.service']);
  });

  it('is started at boot by a target that wants or requires it, wherever the link points', () => {
    link('etc/multi-user.target.wants/web.service', '/lib/systemd/system/web.service');
    link('lib/local-fs.target.requires/srv.mount', '../srv.mount');
    expect(bootTargetOf('web.service', folders)).toBe('multi-user.target');
    expect(bootTargetOf('srv.mount', folders)).toBe('local-fs.target');
  });

  it('is not started at boot by a folder that is a link to itself', () => {
    link('etc/multi-user.target.wants', 'multi-user.target.wants');
    link('lib/graphical.target.wants/web.service', '/lib/systemd/system/web.service');
    expect(bootTargetOf('web.service', folders)).toBe('graphical.target');
  });

  it('is not started at boot by what another service wants, nor by an alias', () => {
    link('etc/other.service.wants/web.service', '/lib/systemd/system/web.service');
    link('etc/www.service', '/lib/systemd/system/web.service');
    expect(bootTargetOf('web.service', folders)).toBeNull();
  });
});
