/** Another build of the program on a host's disk: a copy with another version, or of another protocol. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from './host.js';
import { DISK } from './host-set-up.js';

/** The package; compiled code lies in another folder and uses the same one. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url.replace('/dist-test/', '/')));

/** What makes a build another one. */
export interface OtherBuild {
  readonly version: string;
  /** Changes a file of code; by default none is changed. */
  readonly change?: (text: string) => string;
}

/**
 * Puts a build on a host's disk; returns the path of its program there.
 *
 * Shape: `disk` is the host's disk as this side sees it. Errors: throws when `change` changes no file.
 */
export function putBuild(host: Host, disk: string, build: OtherBuild): string {
  const name = `build-${build.version}`;
  const folder = join(disk, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'schemas'), join(folder, 'schemas'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  host.writeFile(`${name}/package.json`, JSON.stringify(Object.assign({}, manifest, { version: build.version })));
  const { change } = build;
  if (change !== undefined && changeAll(join(folder, 'dist'), change) === 0) {
    throw new Error(`no file of the build ${build.version} was changed`);
  }
  return `${DISK}/${name}/dist/cli/main.js`;
}

function changeAll(folder: string, change: (text: string) => string): number {
  let changed = 0;
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const other = change(text);
    if (other === text) continue;
    writeFileSync(path, other);
    changed += 1;
  }
  return changed;
}
