/** What an agent remembers of resources in files, so that a daemon that begins anew finds it: that they were started. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from './file-name.js';
import { isThere } from './is-there.js';

/** A mark for each resource, by its id. */
export interface RunMarks {
  readonly has: (resource: string) => boolean;
  readonly set: (resource: string) => void;
  readonly clear: (resource: string) => void;
}

/** Keeps marks. Shape: `folder` is on a tmpfs, so that nothing is remembered over a boot. */
export function runMarks(folder: string): RunMarks {
  const pathOf = (resource: string): string => join(folder, fileNameOf(resource));
  return {
    has: (resource) => isThere(pathOf(resource)),
    set: (resource) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(pathOf(resource), '');
    },
    clear: (resource) => rmSync(pathOf(resource), { force: true }),
  };
}
