/** Where a lab keeps what its daemons need, for as long as it runs. */
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTmpfs } from '../../host/file-store.js';
import { generateKey } from '../../host/keys.js';

/** A tmpfs that every Linux has, for programs that share memory. */
const SHARED_MEMORY = '/dev/shm';

/** A folder of one lab. */
export interface LabFolder {
  readonly path: string;
  /** A key that was made for this lab. */
  readonly keyFile: string;
  readonly isTmpfs: boolean;
  /** Removes everything. */
  remove(): void;
}

/** Makes a folder that only this user may enter, on a tmpfs where there is one. */
export function makeLabFolder(): LabFolder {
  const path = mkdtempSync(join(isUsable(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'fairlead-lab-'));
  const keyFile = join(path, 'cluster.key');
  writeFileSync(keyFile, generateKey(), { mode: 0o600 });
  return {
    path,
    keyFile,
    isTmpfs: isTmpfs(path),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return isTmpfs(folder);
  } catch {
    return false; // Not there, or not for this user: there is another place.
  }
}
